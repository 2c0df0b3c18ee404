package io.goose.job;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One pass over the text of one envelope. Not thread-safe, used once. */
final class EnvelopeReader {

    /** 2^53-1: beyond it a producer in JavaScript, or any other with doubles, cannot have meant the number it wrote. */
    static final long MAX_INTEGER = (1L << 53) - 1;

    private final JsonParser in;
    private final JsonBuilderFactory builders;
    private String field = "(start)";

    EnvelopeReader(JsonParser in, JsonBuilderFactory builders) {
        this.in = in;
        this.builders = builders;
    }

    /** The field that is being read, for messages. */
    String field() {
        return field;
    }

    Envelope read() throws UndecodableEnvelopeException {
        boolean versioned = false;
        @Nullable JobId id = null;
        @Nullable String handler = null;
        @Nullable String handlerVersion = null;
        @Nullable JsonArray args = null;
        String encoding = Envelope.DEFAULT_ENCODING;
        @Nullable String queue = null;
        Lane lane = Lane.BACK;
        @Nullable String key = null;
        List<String> tags = List.of();
        @Nullable Instant enqueuedAt = null;
        @Nullable Instant runAt = null;
        @Nullable Instant deadline = null;
        @Nullable Duration timeout = null;
        Envelope.@Nullable Retry retry = null;
        Envelope.@Nullable Cron cron = null;
        @Nullable JobId parent = null;
        Envelope.@Nullable Origin origin = null;
        Map<String, String> headers = Map.of();

        expect(in.next(), Event.START_OBJECT, "an object");
        Keys keys = new Keys("");
        while (keys.next()) {
            Event value = in.next();
            switch (keys.name) {
                case "v" -> versioned = version(value);
                case "id" -> id = id(value);
                case "handler" -> handler = word(value);
                case "handlerVersion" -> handlerVersion = word(value);
                case "args" -> args = args(value);
                case "enc" -> encoding = word(value);
                case "queue" -> queue = queue(value);
                case "lane" -> lane = lane(value);
                case "key" -> key = word(value);
                case "tags" -> tags = tags(value);
                case "enqueuedAt" -> enqueuedAt = time(value);
                case "runAt" -> runAt = time(value);
                case "deadline" -> deadline = time(value);
                case "timeoutMs" -> timeout = Duration.ofMillis(integer(value, 1, MAX_INTEGER));
                case "retry" -> retry = retry(value);
                case "cron" -> cron = cron(value);
                case "parent" -> parent = id(value);
                case "origin" -> origin = origin(value);
                case "headers" -> headers = headers(value);
                default -> skip(value, 2);
            }
        }
        end();
        if (!versioned) {
            throw missing("v");
        }
        return Envelope.builder(
                        present(id, "id"),
                        present(handler, "handler"),
                        present(queue, "queue"),
                        present(args, "args"),
                        present(enqueuedAt, "enqueuedAt"))
                .handlerVersion(handlerVersion)
                .encoding(encoding)
                .lane(lane)
                .key(key)
                .tags(tags)
                .runAt(runAt)
                .deadline(deadline)
                .timeout(timeout)
                .retry(retry)
                .cron(cron)
                .parent(parent)
                .origin(origin)
                .headers(headers)
                .build();
    }

    /** The value of {@code v} in a text that keeps the rules of JSON; 0 if there is none that is a positive integer. */
    long readVersion() throws UndecodableEnvelopeException {
        long version = 0;
        expect(in.next(), Event.START_OBJECT, "an object");
        Keys keys = new Keys("");
        while (keys.next()) {
            Event value = in.next();
            if (keys.name.equals("v") && value == Event.VALUE_NUMBER && in.isIntegralNumber()) {
                version = integer(value, 1, MAX_INTEGER);
            } else {
                skip(value, 2);
            }
        }
        end();
        return version;
    }

    private boolean version(Event value) throws UndecodableEnvelopeException {
        integer(value, 1, Envelope.VERSION);
        return true;
    }

    private JobId id(Event value) throws UndecodableEnvelopeException {
        String text = string(value);
        if (text.length() == 36) {
            JobId id = new JobId(text);
            if (id.isUuid()) {
                return id;
            }
        }
        throw wrong("a UUID in the 8-4-4-4-12 form");
    }

    private Lane lane(Event value) throws UndecodableEnvelopeException {
        return switch (string(value)) {
            case "back" -> Lane.BACK;
            case "front" -> Lane.FRONT;
            default -> throw wrong("\"back\" or \"front\"");
        };
    }

    private Instant time(Event value) throws UndecodableEnvelopeException {
        return Instant.ofEpochMilli(integer(value, 0, MAX_INTEGER));
    }

    private List<String> tags(Event value) throws UndecodableEnvelopeException {
        expect(value, Event.START_ARRAY, "an array of strings");
        List<String> tags = new ArrayList<>(4);
        for (Event item = in.next(); item != Event.END_ARRAY; item = in.next()) {
            expect(item, Event.VALUE_STRING, "an array of strings");
            tags.add(in.getString());
        }
        return tags;
    }

    private Envelope.Retry retry(Event value) throws UndecodableEnvelopeException {
        expect(value, Event.START_OBJECT, "an object");
        int max = -1;
        @Nullable String queue = null;
        boolean skipDead = false;
        @Nullable String policy = null;
        Keys keys = new Keys("retry.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name) {
                case "max" -> max = (int) integer(item, 0, Integer.MAX_VALUE);
                case "queue" -> queue = queue(item);
                case "skipDead" -> skipDead = bool(item);
                case "policy" -> policy = word(item);
                default -> skip(item, 3);
            }
        }
        if (max < 0) {
            throw missing("retry.max");
        }
        return new Envelope.Retry(max, queue, skipDead, policy);
    }

    private Envelope.Cron cron(Event value) throws UndecodableEnvelopeException {
        expect(value, Event.START_OBJECT, "an object");
        @Nullable String name = null;
        @Nullable Instant tick = null;
        Keys keys = new Keys("cron.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name) {
                case "name" -> name = word(item);
                case "tick" -> tick = time(item);
                default -> skip(item, 3);
            }
        }
        return new Envelope.Cron(present(name, "cron.name"), present(tick, "cron.tick"));
    }

    private Envelope.Origin origin(Event value) throws UndecodableEnvelopeException {
        expect(value, Event.START_OBJECT, "an object");
        @Nullable String lib = null;
        @Nullable String version = null;
        @Nullable String host = null;
        Keys keys = new Keys("origin.");
        while (keys.next()) {
            Event item = in.next();
            switch (keys.name) {
                case "lib" -> lib = string(item);
                case "version" -> version = string(item);
                case "host" -> host = string(item);
                default -> skip(item, 3);
            }
        }
        return new Envelope.Origin(
                present(lib, "origin.lib"), present(version, "origin.version"), present(host, "origin.host"));
    }

    private Map<String, String> headers(Event value) throws UndecodableEnvelopeException {
        expect(value, Event.START_OBJECT, "an object");
        Map<String, String> headers = new HashMap<>();
        Keys keys = new Keys("headers.");
        while (keys.next()) {
            headers.put(keys.name, string(in.next()));
        }
        return headers;
    }

    private JsonArray args(Event value) throws UndecodableEnvelopeException {
        expect(value, Event.START_ARRAY, "an array");
        return array(2);
    }

    private JsonArray array(int depth) throws UndecodableEnvelopeException {
        check(depth);
        JsonArrayBuilder array = builders.createArrayBuilder();
        for (Event item = in.next(); item != Event.END_ARRAY; item = in.next()) {
            if (item == Event.START_ARRAY) {
                array.add(array(depth + 1));
            } else if (item == Event.START_OBJECT) {
                array.add(object(depth + 1));
            } else {
                array.add(in.getValue());
            }
        }
        return array.build();
    }

    private JsonObject object(int depth) throws UndecodableEnvelopeException {
        check(depth);
        JsonObjectBuilder object = builders.createObjectBuilder();
        Keys keys = new Keys(null);
        while (keys.next()) {
            Event item = in.next();
            if (item == Event.START_ARRAY) {
                object.add(keys.name, array(depth + 1));
            } else if (item == Event.START_OBJECT) {
                object.add(keys.name, object(depth + 1));
            } else {
                object.add(keys.name, in.getValue());
            }
        }
        return object.build();
    }

    private void skip(Event value, int depth) throws UndecodableEnvelopeException {
        if (value == Event.START_ARRAY) {
            check(depth);
            for (Event item = in.next(); item != Event.END_ARRAY; item = in.next()) {
                skip(item, depth + 1);
            }
        } else if (value == Event.START_OBJECT) {
            check(depth);
            Keys keys = new Keys(null);
            while (keys.next()) {
                skip(in.next(), depth + 1);
            }
        }
    }

    /** A string that is not empty. */
    private String word(Event value) throws UndecodableEnvelopeException {
        String text = string(value);
        if (text.isEmpty()) {
            throw wrong("a string that is not empty");
        }
        return text;
    }

    /** The name of a queue. A broker trusts it: it makes keys and headers of it. */
    private String queue(Event value) throws UndecodableEnvelopeException {
        String name = string(value);
        if (QueueNameRule.problem(name).isPresent()) {
            throw wrong("the name of a queue: 1 to 199 characters, none of them white space, control or one of {}*,:");
        }
        return name;
    }

    private String string(Event value) throws UndecodableEnvelopeException {
        expect(value, Event.VALUE_STRING, "a string");
        return in.getString();
    }

    private boolean bool(Event value) throws UndecodableEnvelopeException {
        if (value != Event.VALUE_TRUE && value != Event.VALUE_FALSE) {
            throw wrong("true or false");
        }
        return value == Event.VALUE_TRUE;
    }

    private long integer(Event value, long min, long max) throws UndecodableEnvelopeException {
        if (value == Event.VALUE_NUMBER
                && in.isIntegralNumber()
                && in.getString().length() <= 17) {
            long number = in.getLong();
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw wrong("an integer from " + min + " to " + max);
    }

    private void expect(Event event, Event wanted, String what) throws UndecodableEnvelopeException {
        if (event != wanted) {
            throw wrong(what);
        }
    }

    private void check(int depth) throws UndecodableEnvelopeException {
        if (depth > EnvelopeCodec.MAX_DEPTH) {
            throw malformed("field '" + field + "' is nested deeper than " + EnvelopeCodec.MAX_DEPTH);
        }
    }

    private void end() {
        in.hasNext(); // the parser itself refuses anything but white space after the end
    }

    private static <T> T present(@Nullable T value, String name) throws UndecodableEnvelopeException {
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    private UndecodableEnvelopeException wrong(String wanted) {
        return malformed("field '" + field + "' must be " + wanted);
    }

    private static UndecodableEnvelopeException missing(String name) {
        return malformed("field '" + name + "' is missing");
    }

    private static UndecodableEnvelopeException malformed(String message) {
        return UndecodableEnvelopeException.malformed("the envelope is malformed: " + message, null);
    }

    /** The keys of the object that the parser is in, each allowed once. */
    private final class Keys {
        private final @Nullable String prefix;
        private final Set<String> seen = new HashSet<>();
        private String name = "";

        /** @param prefix what messages put before the keys; null inside of arguments, whose keys messages must not tell */
        Keys(@Nullable String prefix) {
            this.prefix = prefix;
        }

        boolean next() throws UndecodableEnvelopeException {
            if (in.next() == Event.END_OBJECT) {
                return false;
            }
            name = in.getString();
            if (prefix != null) {
                field = prefix.isEmpty() ? name : prefix + name;
            }
            if (!seen.add(name)) {
                throw malformed("field '" + field + "' " + (prefix == null ? "holds a key twice" : "stands twice"));
            }
            return true;
        }
    }
}
