package io.goose.job;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The identity of a batch: a UUID of version 8 from which the ids of the batch's jobs follow, so that of a job's id alone it can be told
 * of which batch it is a member. In its text form {@code tttttttt-tttt-8b7r-vrrr-rrrrxxxxxxxx}: t are the milliseconds of the time at
 * which it was drawn, r random, v the variant, and the last eight digits are 0 for the batch itself, one more than its index for a
 * member, and {@code fffffff0} and above for its callbacks.
 *
 * <p>Immutable, so thread-safe. Ids that were drawn later are greater.
 *
 * @param value the canonical text
 * @since 0.1
 */
public record BatchId(String value) implements Comparable<BatchId> {

    /** The most members of a batch. */
    public static final int MOST_MEMBERS = 10_000_000;

    private static final int LENGTH = 36;
    private static final int INDEX_AT = 28;
    private static final int MARK_AT = 14;
    private static final String MARK = "8b7";
    private static final String NONE = "00000000";
    private static final long FIRST_CALLBACK = 0xFFFF_FFF0L;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A member of a batch. */
    public record Member(BatchId batch, int index) {}

    public BatchId {
        Objects.requireNonNull(value, "value");
        if (!isFamily(value) || !value.endsWith(NONE)) {
            throw new IllegalArgumentException("GOOSE-2250: '" + value
                    + "' is not the id of a batch; use the one that performBatch returned, or draw one by"
                    + " BatchId.draw(Instant.now())");
        }
    }

    /**
     * A fresh id, for a batch whose making may have to be repeated.
     *
     * @param now the time, in whose order batches are listed
     */
    public static BatchId draw(Instant now) {
        long millis = now.toEpochMilli();
        long random = RANDOM.nextLong();
        long high = millis << 16 | 0x8b70 | (random & 0xF);
        long low = 0x8000_0000_0000_0000L | (random & 0x3FFF_FFFF_0000_0000L);
        return new BatchId(new UUID(high, low).toString());
    }

    /**
     * The id in its text form.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static BatchId of(String text) {
        return new BatchId(text);
    }

    /** Which member of which batch a job is; empty if it is none. */
    public static Optional<Member> ofMember(JobId job) {
        String text = job.value();
        if (!isFamily(text)) {
            return Optional.empty();
        }
        long number = Long.parseLong(text, INDEX_AT, LENGTH, 16);
        return number == 0 || number > MOST_MEMBERS
                ? Optional.empty()
                : Optional.of(new Member(new BatchId(text.substring(0, INDEX_AT) + NONE), (int) number - 1));
    }

    /** Of which batch a job is a callback; empty if it is none. */
    public static Optional<BatchId> ofCallback(JobId job) {
        String text = job.value();
        return isFamily(text) && Long.parseLong(text, INDEX_AT, LENGTH, 16) >= FIRST_CALLBACK
                ? Optional.of(new BatchId(text.substring(0, INDEX_AT) + NONE))
                : Optional.empty();
    }

    /** Whether the text is that of an id of a batch, of a member or of a callback. */
    private static boolean isFamily(String text) {
        return text.length() == LENGTH && text.startsWith(MARK, MARK_AT) && new JobId(text).isUuid();
    }

    /**
     * The id of a member.
     *
     * @param index from 0 to below {@link #MOST_MEMBERS}
     */
    public JobId member(int index) {
        if (index < 0 || index >= MOST_MEMBERS) {
            throw new IllegalArgumentException(
                    "GOOSE-2251: batch " + value + " cannot have more than " + MOST_MEMBERS + " jobs; make several");
        }
        return with(index + 1L);
    }

    /**
     * The id of a callback.
     *
     * @param number from 0 to 15
     */
    public JobId callback(int number) {
        return with(FIRST_CALLBACK + number);
    }

    private JobId with(long number) {
        String digits = Long.toHexString(number);
        return new JobId(value.substring(0, LENGTH - digits.length()) + digits);
    }

    /** When it was drawn, by the clock of whoever did. */
    public Instant drawn() {
        return Instant.ofEpochMilli(UUID.fromString(value).getMostSignificantBits() >>> 16);
    }

    /** The same id as that of a job. */
    public JobId asJobId() {
        return new JobId(value);
    }

    @Override
    public int compareTo(BatchId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
