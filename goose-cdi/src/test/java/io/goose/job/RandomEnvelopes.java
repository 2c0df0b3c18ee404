package io.goose.job;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Envelopes of every kind, the same for the same seed. */
final class RandomEnvelopes {

    private static final JsonProvider JSON = JsonProvider.provider();
    private static final long MAX_INTEGER = (1L << 53) - 1;

    private RandomEnvelopes() {}

    static Envelope next(Random random) {
        Envelope.Builder builder =
                Envelope.builder(id(random), word(random), queue(random), array(random, 0), time(random));
        if (random.nextBoolean()) {
            builder.handlerVersion(word(random)).key(word(random)).lane(Lane.FRONT);
        }
        if (random.nextBoolean()) {
            builder.encoding(word(random)).tags(texts(random));
        }
        if (random.nextBoolean()) {
            builder.runAt(time(random)).deadline(time(random));
        }
        if (random.nextBoolean()) {
            builder.timeout(Duration.ofMillis(1 + random.nextLong(MAX_INTEGER)));
        }
        if (random.nextBoolean()) {
            builder.retry(new Envelope.Retry(
                    random.nextInt(Integer.MAX_VALUE),
                    random.nextBoolean() ? queue(random) : null,
                    random.nextBoolean(),
                    random.nextBoolean() ? word(random) : null));
        }
        if (random.nextBoolean()) {
            builder.cron(new Envelope.Cron(word(random), time(random)));
        }
        if (random.nextBoolean()) {
            builder.batch(new Envelope.Batch(id(random), random.nextInt(Integer.MAX_VALUE)));
        }
        if (random.nextBoolean()) {
            Envelope.Unique.Scope scope = any(random, Envelope.Unique.Scope.values());
            builder.unique(new Envelope.Unique(
                    word(random),
                    scope,
                    scope == Envelope.Unique.Scope.UNTIL ? time(random) : null,
                    any(random, Envelope.Unique.OnConflict.values())));
        }
        if (random.nextBoolean()) {
            builder.result(new Envelope.Result(Duration.ofMillis(1 + random.nextLong(MAX_INTEGER))));
        }
        if (random.nextBoolean()) {
            builder.parent(id(random));
            builder.origin(new Envelope.Origin(text(random), text(random), text(random)));
        }
        if (random.nextBoolean()) {
            Map<String, String> headers = new HashMap<>();
            texts(random).forEach(name -> headers.put(name, text(random)));
            builder.headers(headers);
        }
        return builder.build();
    }

    private static <E> E any(Random random, E[] values) {
        return values[random.nextInt(values.length)];
    }

    private static JobId id(Random random) {
        return JobId.of(new UUID(random.nextLong(), random.nextLong()));
    }

    private static Instant time(Random random) {
        return Instant.ofEpochMilli(random.nextLong(MAX_INTEGER + 1));
    }

    private static List<String> texts(Random random) {
        List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            texts.add(text(random));
        }
        return texts;
    }

    private static String word(Random random) {
        return "w" + text(random);
    }

    private static String queue(Random random) {
        return word(random).replaceAll("[\\x00-\\x20\\x7f{}*,:]", "-");
    }

    /** Any UTF-16, halves of pairs included, with a liking for what needs escapes. */
    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> text.append((char) random.nextInt(0x20));
                case 1 -> text.append("\"\\/{}[],:\u007f\u2028".charAt(random.nextInt(11)));
                case 2 -> text.append((char) random.nextInt(0x10000));
                case 3 -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    private static JsonArray array(Random random, int depth) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        for (int i = random.nextInt(depth > 4 ? 2 : 5); i > 0; i--) {
            array.add(value(random, depth + 1));
        }
        return array.build();
    }

    private static JsonValue value(Random random, int depth) {
        return switch (random.nextInt(depth > 8 ? 8 : 10)) {
            case 0 -> JsonValue.NULL;
            case 1 -> JsonValue.TRUE;
            case 2 -> JsonValue.FALSE;
            case 3 -> JSON.createValue(random.nextInt());
            case 4 -> JSON.createValue(random.nextLong());
            case 5 -> JSON.createValue(random.nextGaussian());
            case 6 ->
                JSON.createValue(
                        new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(400) - 200));
            case 7 -> JSON.createValue(text(random));
            case 8 -> array(random, depth);
            default -> object(random, depth);
        };
    }

    private static JsonValue object(Random random, int depth) {
        JsonObjectBuilder object = Json.createObjectBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.add(text(random), value(random, depth + 1));
        }
        return object.build();
    }
}
