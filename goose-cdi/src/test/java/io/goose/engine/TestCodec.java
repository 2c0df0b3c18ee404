package io.goose.engine;

import io.goose.spi.ArgumentCodec;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;

/** Encodes texts, whole numbers, truth values and lists of them, which is all that the engine's own tests pass. */
public class TestCodec implements ArgumentCodec {

    private static final JsonProvider PROVIDER = JsonProvider.provider(); // looked up once: that is slow

    public static final TestCodec JSON = new TestCodec("json");

    private final String name;

    public TestCodec(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public JsonArray encode(List<Object> arguments, List<Type> types) {
        JsonArrayBuilder array = PROVIDER.createArrayBuilder();
        for (int i = 0; i < arguments.size(); i++) {
            array.add(value(arguments.get(i), i));
        }
        return array.build();
    }

    private JsonValue value(Object argument, int position) {
        if (argument == null) {
            return JsonValue.NULL;
        }
        if (argument instanceof String text) {
            return PROVIDER.createValue(text);
        }
        if (argument instanceof Integer || argument instanceof Long) {
            return PROVIDER.createValue(((Number) argument).longValue());
        }
        if (argument instanceof Boolean truth) {
            return truth ? JsonValue.TRUE : JsonValue.FALSE;
        }
        if (argument instanceof List<?> list) {
            JsonArrayBuilder array = PROVIDER.createArrayBuilder();
            list.forEach(element -> array.add(value(element, position)));
            return array.build();
        }
        throw new IllegalArgumentException(
                "argument " + position + " of " + argument.getClass().getName() + " has no JSON form");
    }

    @Override
    public List<Object> decode(JsonArray arguments, List<Type> types) {
        if (arguments.size() != types.size()) {
            throw new IllegalArgumentException(
                    "there are " + arguments.size() + " arguments for " + types.size() + " parameters");
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            values.add(value(arguments.get(i), types.get(i), i));
        }
        return values;
    }

    private Object value(JsonValue value, Type type, int position) {
        if (value == JsonValue.NULL) {
            return null;
        }
        if (type == String.class && value instanceof JsonString text) {
            return text.getString();
        }
        if ((type == int.class || type == Integer.class) && value instanceof JsonNumber number) {
            return number.intValueExact();
        }
        if ((type == long.class || type == Long.class) && value instanceof JsonNumber number) {
            return number.longValueExact();
        }
        if (type == boolean.class && (value == JsonValue.TRUE || value == JsonValue.FALSE)) {
            return value == JsonValue.TRUE;
        }
        if (type instanceof ParameterizedType generic && value instanceof JsonArray array) {
            List<Object> list = new ArrayList<>();
            array.forEach(element -> list.add(value(element, generic.getActualTypeArguments()[0], position)));
            return list;
        }
        throw new IllegalArgumentException("argument " + position + " is no " + type.getTypeName());
    }

    @Override
    public String problem(Type type) {
        return null;
    }
}
