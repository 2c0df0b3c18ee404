package io.goose.job;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the fields of an envelope are made of, read and checked by name. Not thread-safe, used for one text. */
final class FieldReader {

    /** 2^53-1: beyond it a producer in JavaScript, or any other with doubles, cannot have meant the number it wrote. */
    static final long MAX_INTEGER = (1L << 53) - 1;

    private final JsonParser in;
    private final JsonBuilderFactory builders;
    private String field = "(start)";

    FieldReader(JsonParser in, JsonBuilderFactory builders) {
        this.in = in;
        this.builders = builders;
    }

    /** The field that is being read, for messages. */
    String field() {
        return field;
    }

    Event next() {
        return in.next();
    }

    /** The keys of the object that begins with this event; what messages put before them is the prefix. */
    Keys keys(Event start, String prefix) throws UndecodableEnvelopeException {
        expect(start, Event.START_OBJECT, "an object");
        return new Keys(prefix);
    }

    JsonArray args(Event value) throws UndecodableEnvelopeException {
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

    void skip(Event value, int depth) throws UndecodableEnvelopeException {
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

    Instant time(Event value) throws UndecodableEnvelopeException {
        return Instant.ofEpochMilli(integer(value, 0, MAX_INTEGER));
    }

    /** A string that is not empty. */
    String word(Event value) throws UndecodableEnvelopeException {
        String text = string(value);
        if (text.isEmpty()) {
            throw wrong("a string that is not empty");
        }
        return text;
    }

    /** The name of a queue. A broker trusts it: it makes keys and headers of it. */
    String queue(Event value) throws UndecodableEnvelopeException {
        String name = string(value);
        if (QueueNameRule.problem(name).isPresent()) {
            throw wrong("the name of a queue: 1 to 199 characters, none of them white space, control or one of {}*,:");
        }
        return name;
    }

    String string(Event value) throws UndecodableEnvelopeException {
        expect(value, Event.VALUE_STRING, "a string");
        return in.getString();
    }

    /** One of these constants, written in lower case. */
    <E extends Enum<E>> E oneOf(Event value, E[] constants) throws UndecodableEnvelopeException {
        String text = string(value);
        for (E constant : constants) {
            if (text.equals(lowerCase(constant))) {
                return constant;
            }
        }
        throw wrong(Arrays.stream(constants)
                .map(constant -> '"' + lowerCase(constant) + '"')
                .collect(Collectors.joining(" or ")));
    }

    static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    boolean isInteger(Event value) {
        return value == Event.VALUE_NUMBER && in.isIntegralNumber();
    }

    boolean bool(Event value) throws UndecodableEnvelopeException {
        if (value != Event.VALUE_TRUE && value != Event.VALUE_FALSE) {
            throw wrong("true or false");
        }
        return value == Event.VALUE_TRUE;
    }

    long integer(Event value, long min, long max) throws UndecodableEnvelopeException {
        if (isInteger(value) && in.getString().length() <= 17) {
            long number = in.getLong();
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw wrong("an integer from " + min + " to " + max);
    }

    void expect(Event event, Event wanted, String what) throws UndecodableEnvelopeException {
        if (event != wanted) {
            throw wrong(what);
        }
    }

    private void check(int depth) throws UndecodableEnvelopeException {
        if (depth > EnvelopeCodec.MAX_DEPTH) {
            throw malformed("field '" + field + "' is nested deeper than " + EnvelopeCodec.MAX_DEPTH);
        }
    }

    void end() {
        in.hasNext(); // the parser itself refuses anything but white space after the end
    }

    static <T> T present(@Nullable T value, String name) throws UndecodableEnvelopeException {
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    UndecodableEnvelopeException wrong(String wanted) {
        return malformed("field '" + field + "' must be " + wanted);
    }

    static UndecodableEnvelopeException missing(String name) {
        return malformed("field '" + name + "' is missing");
    }

    private static UndecodableEnvelopeException malformed(String message) {
        return UndecodableEnvelopeException.malformed("the envelope is malformed: " + message, null);
    }

    /** The keys of the object that the parser is in, each allowed once. */
    final class Keys {
        private final @Nullable String prefix;
        private final Set<String> seen = new HashSet<>();
        private String name = "";

        /** @param prefix what messages put before the keys; null inside of arguments, whose keys messages must not tell */
        Keys(@Nullable String prefix) {
            this.prefix = prefix;
        }

        String name() {
            return name;
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
