package io.goose.engine.client;

import io.goose.Unique;
import io.goose.job.Envelope;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Makes the keys of unique jobs. A computed one is the SHA-256, in hexadecimal, of three lines: the handler, the chosen arguments as a JSON
 * object by their positions, and the beginning of the period in epoch milliseconds, or nothing. In that object names are sorted by
 * their UTF-16 units, there is no white space, numbers have no trailing zeros, and of characters only {@code "}, {@code \} and
 * those below U+0020 are escaped. Stateless.
 */
final class UniqueKeys {

    private UniqueKeys() {}

    /**
     * The key of a job, as its envelope has it.
     *
     * @param args the arguments as they are encoded
     * @param now the time of the enqueue
     * @param due when it is to be run
     * @throws IllegalArgumentException if there is no argument at a chosen position
     */
    static Envelope.Unique of(Unique unique, String handler, JsonArray args, Instant now, Instant due) {
        String period = unique.period()
                .map(length -> Long.toString(Math.floorDiv(due.toEpochMilli(), length.toMillis()) * length.toMillis()))
                .orElse("");
        String key = unique.key()
                .map(own -> period.isEmpty() ? own : own + '@' + period)
                .orElseGet(() -> hash(handler + '\n' + chosen(unique, handler, args) + '\n' + period));
        Instant freeAt = unique.freeAt(now).orElse(null);
        Envelope.Unique.Scope scope = freeAt != null
                ? Envelope.Unique.Scope.UNTIL
                : switch (unique.scope()) {
                    case WAITING -> Envelope.Unique.Scope.WAITING;
                    case RUNNING -> Envelope.Unique.Scope.RUNNING;
                };
        Envelope.Unique.OnConflict onConflict =
                switch (unique.onConflict()) {
                    case KEEP -> Envelope.Unique.OnConflict.KEEP;
                    case REPLACE -> Envelope.Unique.OnConflict.REPLACE;
                    case DEBOUNCE -> Envelope.Unique.OnConflict.DEBOUNCE;
                };
        return new Envelope.Unique(key, scope, freeAt, onConflict);
    }

    private static String chosen(Unique unique, String handler, JsonArray args) {
        List<Integer> positions = unique.arguments()
                .orElseGet(() -> IntStream.range(0, args.size()).boxed().toList());
        StringBuilder text = new StringBuilder("{");
        for (int position : positions) {
            if (position >= args.size()) {
                throw new IllegalArgumentException("GOOSE-2275: jobs of " + handler + " are unique by argument "
                        + position + ", counted from 0, but have " + args.size() + " arguments; choose others");
            }
            text.append(text.length() > 1 ? "," : "")
                    .append('"')
                    .append(position)
                    .append("\":");
            write(args.get(position), text);
        }
        return text.append('}').toString();
    }

    private static void write(JsonValue value, StringBuilder text) {
        if (value instanceof JsonObject object) {
            String separator = "{";
            for (String name : new TreeSet<>(object.keySet())) {
                text.append(separator);
                string(name, text);
                write(object.getOrDefault(name, JsonValue.NULL), text.append(':'));
                separator = ",";
            }
            text.append(object.isEmpty() ? "{}" : "}");
        } else if (value instanceof JsonArray array) {
            String separator = "[";
            for (JsonValue item : array) {
                write(item, text.append(separator));
                separator = ",";
            }
            text.append(array.isEmpty() ? "[]" : "]");
        } else if (value instanceof JsonString string) {
            string(string.getString(), text);
        } else if (value instanceof JsonNumber number) {
            text.append(number(number.bigDecimalValue()));
        } else {
            text.append(value); // true, false, null
        }
    }

    private static String number(BigDecimal value) {
        BigDecimal shortest = value.stripTrailingZeros();
        // Without an exponent as far as anybody writes numbers so; a huge exponent would be a huge text.
        return Math.abs(shortest.scale()) <= 400 ? shortest.toPlainString() : shortest.toString();
    }

    private static void string(String value, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }
}
