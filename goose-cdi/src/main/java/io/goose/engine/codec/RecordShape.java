package io.goose.engine.codec;

import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A record by its components, in their order. It need not be public. */
final class RecordShape extends Shape {

    private final JsonBuilderFactory builders;
    private final Class<?> type;
    private final Constructor<?> constructor;
    private final List<Part> parts = new ArrayList<>();

    private record Part(String name, Method accessor, Shape shape) {}

    /** @param shapeOf the shape of a component's type */
    RecordShape(JsonBuilderFactory builders, Class<?> type, Function<Type, Shape> shapeOf) {
        this.builders = builders;
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        try {
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            for (RecordComponent component : components) {
                component.getAccessor().setAccessible(true);
                parts.add(new Part(component.getName(), component.getAccessor(), shape(component, shapeOf)));
            }
        } catch (InaccessibleObjectException closed) {
            throw new Refused(type.getName() + " is in a package that its module does not open; open it to io.goose");
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException("a record without its constructor: " + type.getName(), impossible);
        }
    }

    private Shape shape(RecordComponent component, Function<Type, Shape> shapeOf) {
        try {
            return shapeOf.apply(component.getGenericType());
        } catch (Refused refused) {
            throw new Refused(
                    "component '" + component.getName() + "' of " + type.getName() + ": " + refused.getMessage());
        }
    }

    @Override
    JsonValue put(Object value, int depth) {
        if (!type.isInstance(value)) {
            throw new Misfit("a " + value.getClass().getName() + " where " + type.getName() + " is wanted");
        }
        JsonObjectBuilder object = builders.createObjectBuilder();
        for (Part part : parts) {
            try {
                JsonValue json = part.shape.write(part.accessor.invoke(value), depth + 1);
                if (json != JsonValue.NULL) { // absent reads as null
                    object.add(part.name, json);
                }
            } catch (Misfit misfit) {
                throw misfit.in("." + part.name);
            } catch (InvocationTargetException thrown) {
                throw new Misfit("the accessor threw", thrown).in("." + part.name);
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException("an accessor that was made accessible: " + part.accessor, impossible);
            }
        }
        return object.build();
    }

    @Override
    Object take(JsonValue json) {
        if (!(json instanceof JsonObject object)) {
            throw new Misfit(nameOf(json) + " where " + type.getName() + " is wanted");
        }
        @Nullable Object[] values = new @Nullable Object[parts.size()];
        for (int i = 0; i < values.length; i++) {
            Part part = parts.get(i);
            JsonValue value = object.get(part.name);
            try {
                values[i] = value == null ? part.shape.absent() : part.shape.read(value);
            } catch (Misfit misfit) {
                throw misfit.in("." + part.name);
            }
        }
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException thrown) {
            throw new Misfit("the constructor of " + type.getName() + " refused the components", thrown);
        } catch (InstantiationException | IllegalAccessException impossible) {
            throw new IllegalStateException("a constructor that was made accessible: " + constructor, impossible);
        }
    }
}
