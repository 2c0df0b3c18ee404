package io.goose.engine.codec;

import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.util.HashMap;
import java.util.Map;

/** An enum constant by its name. */
final class EnumShape extends Shape.Key {

    private final JsonProvider json;
    private final Class<?> type;
    private final Map<String, Object> constants = new HashMap<>();

    EnumShape(JsonProvider json, Class<?> type) {
        this.json = json;
        this.type = type;
        for (Object constant : type.getEnumConstants()) {
            constants.put(((Enum<?>) constant).name(), constant);
        }
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
        if (type.isInstance(value) && value instanceof Enum<?> constant) {
            return constant.name();
        }
        throw new Misfit("a " + value.getClass().getName() + " where " + type.getName() + " is wanted");
    }

    @Override
    Object fromKey(String name) {
        Object constant = constants.get(name);
        if (constant == null) {
            throw new Misfit("a name that " + type.getName() + " does not have");
        }
        return constant;
    }
}
