package io.goose.engine.codec;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.time.DateTimeException;
import java.util.function.Function;

/** A value with a text form that can be read back. */
final class TextShape<T> extends Shape.Key {

    private final JsonProvider json;
    private final Class<T> type;
    private final Function<T, String> print;
    private final Function<String, T> parse;

    TextShape(JsonProvider json, Class<T> type, Function<T, String> print, Function<String, T> parse) {
        this.json = json;
        this.type = type;
        this.print = print;
        this.parse = parse;
    }

    @Override
    JsonValue put(Object value, int depth) {
        return json.createValue(toKey(value));
    }

    @Override
    Object take(JsonValue value) {
        if (value instanceof JsonString text) {
            return fromKey(text.getString());
        }
        throw new Misfit(nameOf(value) + " where " + type.getName() + " is wanted");
    }

    @Override
    String toKey(Object value) {
        if (!type.isInstance(value)) {
            throw new Misfit("a " + value.getClass().getName() + " where " + type.getName() + " is wanted");
        }
        return print.apply(type.cast(value));
    }

    @Override
    Object fromKey(String text) {
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException | DateTimeException wrong) {
            throw new Misfit("text that is not a " + type.getName());
        }
    }
}
