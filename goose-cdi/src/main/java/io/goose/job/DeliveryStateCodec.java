package io.goose.job;

import io.goose.job.DeliveryState.Failures;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text form of a {@link DeliveryState}, which scripts inside a broker can change without a JSON parser:
 *
 * <pre>1|attempt|moves|crashes|lane|notBefore|unknownSince|firstFailedAt|lastFailedAt|diedAt|failure</pre>
 *
 * <p>The leading 1 is the version of this form, the lane one character ({@link Lane#code()}), times are epoch milliseconds
 * or 0 for none. The failure is last because it may hold any character: it is empty, or a JSON object of the strings
 * {@code type}, {@code message} and {@code stack}; members this version does not know are ignored.
 *
 * <p>Thread-safe. Looking the JSON provider up costs milliseconds, so an instance is made once and kept.
 *
 * @since 0.1
 */
public final class DeliveryStateCodec {

    private static final String VERSION = "1";
    private static final int FIELDS = 11;

    private final JsonParserFactory parsers;

    /** A codec on the JSON provider that the context class loader of the caller finds. */
    public DeliveryStateCodec() {
        parsers = JsonProvider.provider().createParserFactory(Map.of());
    }

    /** The text form of {@code state}. */
    public String encode(DeliveryState state) {
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
    public DeliveryState decode(String text) {
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
        } catch (IllegalArgumentException | IllegalStateException | JsonException wrong) {
            throw new IllegalArgumentException("not a delivery record of version 1: " + head(text), wrong);
        }
    }

    private static String head(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    private static String encode(@Nullable Failure failure) {
        if (failure == null) {
            return "";
        }
        return new JsonText(256)
                .raw("{\"type\":")
                .string(failure.type())
                .key("message")
                .string(failure.message())
                .key("stack")
                .string(failure.stack())
                .raw('}')
                .toString();
    }

    private @Nullable Failure decodeFailure(String text) {
        if (text.isEmpty()) {
            return null;
        }
        try (JsonParser parser = parsers.createParser(new StringReader(text))) {
            parser.next();
            JsonObject failure = parser.getObject();
            parser.hasNext(); // the parser itself refuses anything but white space after the end
            return new Failure(
                    failure.getString("type", "unknown"),
                    failure.getString("message", ""),
                    failure.getString("stack", ""));
        }
    }

    private static long millis(@Nullable Instant time) {
        return time == null ? 0 : time.toEpochMilli();
    }

    private static @Nullable Instant instant(String millis) {
        long value = Long.parseLong(millis);
        return value == 0 ? null : Instant.ofEpochMilli(value);
    }
}
