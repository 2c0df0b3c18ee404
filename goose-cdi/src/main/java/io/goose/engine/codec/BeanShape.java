package io.goose.engine.codec;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.function.Supplier;

/** A class that JSON-B writes and reads. Afterwards integers that JavaScript could not hold become strings here too. */
final class BeanShape extends Shape {

    private static final BigInteger MAX_SAFE = BigInteger.ONE.shiftLeft(53).subtract(BigInteger.ONE);

    private final JsonProvider json;
    private final JsonReaderFactory readers;
    private final Supplier<Jsonb> jsonb;
    private final Class<?> raw;
    private final Type type;

    BeanShape(JsonProvider json, JsonReaderFactory readers, Supplier<Jsonb> jsonb, Class<?> raw, Type type) {
        this.json = json;
        this.readers = readers;
        this.jsonb = jsonb;
        this.raw = raw;
        this.type = type;
    }

    @Override
    JsonValue put(Object value, int depth) {
        if (!raw.isInstance(value)) {
            throw new Misfit("a " + value.getClass().getName() + " where " + type.getTypeName() + " is wanted");
        }
        try (JsonReader reader = readers.createReader(new StringReader(text(value)))) {
            return safe(reader.readValue());
        }
    }

    private String text(Object value) {
        try {
            // By the declared type, Yasson 3.0.4 writes no type name and no properties of a listed subtype.
            return raw.isAnnotationPresent(JsonbTypeInfo.class)
                    ? jsonb.get().toJson(value)
                    : jsonb.get().toJson(value, type);
        } catch (RuntimeException failed) { // whatever the class or the implementation throws
            throw asMisfit("write", failed);
        } catch (StackOverflowError endless) { // what JSON-B does with an object that contains itself
            throw new Misfit("it contains itself or is nested too deep", endless);
        }
    }

    @Override
    Object take(JsonValue value) {
        Object read;
        try {
            read = jsonb.get().fromJson(value.toString(), type);
        } catch (RuntimeException failed) {
            throw asMisfit("read", failed);
        }
        if (read == null) {
            throw new Misfit("JSON-B read null from " + nameOf(value));
        }
        return read;
    }

    private Misfit asMisfit(String verb, RuntimeException failed) {
        return failed instanceof Misfit misfit // of the codec itself, which is closed
                ? misfit
                : new Misfit("JSON-B cannot " + verb + " " + type.getTypeName(), failed);
    }

    private JsonValue safe(JsonValue value) {
        if (value instanceof JsonNumber number) {
            boolean beyond =
                    number.isIntegral() && number.bigIntegerValue().abs().compareTo(MAX_SAFE) > 0;
            return beyond ? json.createValue(number.toString()) : number;
        }
        if (value instanceof JsonArray array) {
            JsonArrayBuilder copy = json.createArrayBuilder();
            array.forEach(item -> copy.add(safe(item)));
            return copy.build();
        }
        if (value instanceof JsonObject object) {
            JsonObjectBuilder copy = json.createObjectBuilder();
            object.forEach((name, item) -> copy.add(name, safe(item)));
            return copy.build();
        }
        return value;
    }
}
