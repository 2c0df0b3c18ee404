package io.goose.engine.codec;

import jakarta.json.JsonValue;
import org.jspecify.annotations.Nullable;

/** How values of one type are written and read. Immutable and thread-safe. */
abstract class Shape {

    /** Containers in containers that are written; an envelope and its array of arguments are two more. */
    static final int MAX_DEPTH = 62;

    /** The JSON of {@code value}; {@code depth} counts the containers around it. */
    JsonValue write(@Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new Misfit("it contains itself or is nested deeper than " + MAX_DEPTH);
        }
        return value == null ? JsonValue.NULL : put(value, depth);
    }

    final @Nullable Object read(JsonValue json) {
        return json.getValueType() == JsonValue.ValueType.NULL ? nothing() : take(json);
    }

    /** What JSON's null stands for. */
    @Nullable Object nothing() {
        return null;
    }

    /** What a record's component is that its JSON does not mention. */
    @Nullable Object absent() {
        return nothing();
    }

    abstract JsonValue put(Object value, int depth);

    abstract Object take(JsonValue json);

    /** The JSON types by the names that messages use. */
    static String nameOf(JsonValue json) {
        return switch (json.getValueType()) {
            case ARRAY -> "a JSON array";
            case OBJECT -> "a JSON object";
            case STRING -> "a JSON string";
            case NUMBER -> "a JSON number";
            case TRUE, FALSE -> "a JSON boolean";
            case NULL -> "JSON null";
        };
    }

    /** A shape whose values have a text form, so that they can be keys of a map. */
    abstract static class Key extends Shape {

        abstract String toKey(Object value);

        abstract Object fromKey(String key);
    }

    /** A primitive type: null does not fit, and what is absent is zero or false, as in JSON-B. */
    static final class Primitive extends Key {
        private final Class<?> type;
        private final Key wrapper;
        private final Object zero;

        Primitive(Class<?> type, Key wrapper, Object zero) {
            this.type = type;
            this.wrapper = wrapper;
            this.zero = zero;
        }

        @Override
        JsonValue write(@Nullable Object value, int depth) {
            if (value == null) {
                throw new Misfit("null where " + type + " is wanted");
            }
            return wrapper.put(value, depth);
        }

        @Override
        Object nothing() {
            throw new Misfit("null where " + type + " is wanted");
        }

        @Override
        Object absent() {
            return zero;
        }

        @Override
        JsonValue put(Object value, int depth) {
            return wrapper.put(value, depth);
        }

        @Override
        Object take(JsonValue json) {
            return wrapper.take(json);
        }

        @Override
        String toKey(Object value) {
            return wrapper.toKey(value);
        }

        @Override
        Object fromKey(String key) {
            return wrapper.fromKey(key);
        }
    }
}
