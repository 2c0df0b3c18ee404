package io.goose.job;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.util.Locale;
import java.util.Objects;

/**
 * What is kept of a job that has ended. Immutable.
 *
 * @param end how it ended
 * @param attempt the number of its last run, from 1
 * @param encoding how the value is encoded, as of arguments; {@link #LOST} if it could not be kept
 * @param value what its method returned, alone in an array; empty if it returned nothing, or did not return
 * @since 0.1
 */
public record JobResult(End end, int attempt, String encoding, JsonArray value) {

    /** How a job ended of which something is kept. */
    public enum End {
        /** It ran to its end. */
        SUCCEEDED,
        /** It was cancelled while a worker had it. */
        CANCELLED,
        /** Its deadline passed before it was begun. */
        EXPIRED
    }

    public JobResult {
        Objects.requireNonNull(end, "end");
        Objects.requireNonNull(encoding, "encoding");
        Objects.requireNonNull(value, "value");
    }

    /** In the place of an encoding: the method returned something that could not be kept. */
    public static final String LOST = "lost";

    /** The longest value that is kept, in characters of its JSON. */
    public static final int LARGEST = 262_144;

    /** Whether the method returned something that could not be kept, as it is too large or cannot be encoded. */
    public boolean isValueLost() {
        return encoding.equals(LOST);
    }

    /** The text that brokers keep, in the form that the wire format describes. */
    public String encode() {
        return Json.createObjectBuilder()
                .add("v", 1)
                .add("end", end.name().toLowerCase(Locale.ROOT))
                .add("attempt", attempt)
                .add("enc", encoding)
                .add("value", value)
                .build()
                .toString();
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is something else, or of a later version
     */
    public static JobResult decode(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            JsonObject object = reader.readObject();
            if (object.getInt("v") != 1) {
                throw new IllegalArgumentException("a result of version " + object.getInt("v"));
            }
            return new JobResult(
                    End.valueOf(object.getString("end").toUpperCase(Locale.ROOT)),
                    object.getInt("attempt"),
                    object.getString("enc"),
                    object.getJsonArray("value"));
        } catch (JsonException | ClassCastException | NullPointerException unreadable) {
            throw new IllegalArgumentException("what is kept of a job cannot be read", unreadable);
        }
    }
}
