package io.goose.job;

import io.goose.job.DeliveryState.Failures;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The text form of a {@link DeliveryState}, which scripts inside a broker can change without a JSON parser:
 *
 * <pre>1|attempt|moves|crashes|lane|notBefore|unknownSince|firstFailedAt|lastFailedAt|diedAt|failure</pre>
 *
 * <p>The leading 1 is the version of this form, the lane one character, times are epoch milliseconds or 0 for none, and the
 * failure, which may hold any character, is either empty or {@code type LF message-length LF message stack}.
 */
public final class DeliveryStateCodec {

    private static final String VERSION = "1";
    private static final int FIELDS = 11;

    private DeliveryStateCodec() {}

    /** The text form of {@code state}. */
    public static String encode(DeliveryState state) {
        Failures failures = state.failures();
        return VERSION
                + '|'
                + state.attempt()
                + '|'
                + state.moves()
                + '|'
                + state.crashes()
                + '|'
                + state.lane().code()
                + '|'
                + millis(state.notBefore())
                + '|'
                + millis(state.unknownSince())
                + '|'
                + millis(failures.firstAt())
                + '|'
                + millis(failures.lastAt())
                + '|'
                + millis(failures.diedAt())
                + '|'
                + encode(failures.last());
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if {@code text} is not one
     */
    public static DeliveryState decode(String text) {
        String[] field = text.split("\\|", FIELDS);
        if (field.length != FIELDS || !field[0].equals(VERSION) || field[4].length() != 1) {
            throw new IllegalArgumentException("not a delivery record of version 1: " + head(text));
        }
        try {
            return new DeliveryState(
                    Integer.parseInt(field[1]),
                    Integer.parseInt(field[2]),
                    Integer.parseInt(field[3]),
                    Lane.ofCode(field[4].charAt(0)),
                    instant(field[5]),
                    instant(field[6]),
                    new Failures(instant(field[7]), instant(field[8]), instant(field[9]), decodeFailure(field[10])));
        } catch (NumberFormatException | IndexOutOfBoundsException wrong) {
            throw new IllegalArgumentException("not a delivery record of version 1: " + head(text), wrong);
        }
    }

    private static String head(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static String encode(@Nullable Failure failure) {
        return failure == null
                ? ""
                : failure.type() + '\n' + failure.message().length() + '\n' + failure.message() + failure.stack();
    }

    private static @Nullable Failure decodeFailure(String text) {
        if (text.isEmpty()) {
            return null;
        }
        int typeEnd = text.indexOf('\n');
        int lengthEnd = text.indexOf('\n', typeEnd + 1);
        int messageEnd = lengthEnd + 1 + Integer.parseInt(text.substring(typeEnd + 1, lengthEnd));
        return new Failure(
                text.substring(0, typeEnd), text.substring(lengthEnd + 1, messageEnd), text.substring(messageEnd));
    }

    private static long millis(@Nullable Instant time) {
        return time == null ? 0 : time.toEpochMilli();
    }

    private static @Nullable Instant instant(String millis) {
        long value = Long.parseLong(millis);
        return value == 0 ? null : Instant.ofEpochMilli(value);
    }
}
