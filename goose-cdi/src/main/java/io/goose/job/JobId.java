package io.goose.job;

import java.util.Objects;
import java.util.UUID;

/**
 * The identity of a job: a UUID in its canonical text form, version 7 unless the caller chose another.
 *
 * <p>Immutable, so thread-safe. A broker may hold an id that another producer got wrong, so the constructor accepts any short text;
 * {@link #of(String)}, the way in for applications, accepts only a UUID.
 *
 * @param value the canonical text, 1 to 64 characters
 * @since 0.1
 */
public record JobId(String value) {

    private static final int MAX_LENGTH = 64;

    public JobId {
        Objects.requireNonNull(value, "value");
        if (value.isEmpty() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "GOOSE-1007: a job id has 1 to " + MAX_LENGTH + " characters, not " + value.length());
        }
    }

    /**
     * An id chosen by the caller.
     *
     * @throws IllegalArgumentException if {@code uuid} is not a UUID in the 8-4-4-4-12 form
     */
    public static JobId of(String uuid) {
        Objects.requireNonNull(uuid, "uuid");
        if (!isUuid(uuid)) {
            throw new IllegalArgumentException(
                    "GOOSE-1007: '" + uuid + "' is not a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057");
        }
        return new JobId(UUID.fromString(uuid).toString());
    }

    /** A fresh id, for a call that may have to be repeated. It is a UUID of version 4. */
    public static JobId random() {
        return of(UUID.randomUUID());
    }

    /** An id made from a UUID of any version. */
    public static JobId of(UUID uuid) {
        return new JobId(uuid.toString());
    }

    /** Whether this id is a UUID; one that is not cannot be run and is put in quarantine. */
    public boolean isUuid() {
        return isUuid(value);
    }

    private static boolean isUuid(String text) {
        if (text.length() != 36) {
            return false;
        }
        for (int i = 0; i < 36; i++) {
            char c = text.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : c > 'f' || Character.digit(c, 16) < 0) { // digits of other scripts are none here
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return value;
    }
}
