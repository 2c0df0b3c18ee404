package io.goose.engine.codec;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.lang.reflect.Array;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The shapes of what holds other values. */
final class Containers {

    private Containers() {}

    private static JsonArray array(JsonValue json, String wanted) {
        if (json instanceof JsonArray array) {
            return array;
        }
        throw new Misfit(Shape.nameOf(json) + " where " + wanted + " is wanted");
    }

    private static JsonValue write(Shape item, @Nullable Object value, int index, int depth) {
        try {
            return item.write(value, depth + 1);
        } catch (Misfit misfit) {
            throw misfit.in("[" + index + "]");
        }
    }

    private static @Nullable Object read(Shape item, JsonValue json, int index) {
        try {
            return item.read(json);
        } catch (Misfit misfit) {
            throw misfit.in("[" + index + "]");
        }
    }

    /** A collection, read into a new one from {@code empty}. */
    static final class OfCollection extends Shape {
        private final JsonBuilderFactory builders;
        private final Class<?> type;
        private final Shape item;
        private final Supplier<Collection<@Nullable Object>> empty;
        private final boolean takesNull;

        OfCollection(
                JsonBuilderFactory builders, Class<?> type, Shape item, Supplier<Collection<@Nullable Object>> empty) {
            this.builders = builders;
            this.type = type;
            this.item = item;
            this.empty = empty;
            this.takesNull = takesNull(empty.get());
        }

        private static boolean takesNull(Collection<@Nullable Object> empty) {
            try {
                return empty.add(null);
            } catch (NullPointerException refused) {
                return false;
            }
        }

        @Override
        JsonValue put(Object value, int depth) {
            if (!type.isInstance(value) || !(value instanceof Iterable<?> items)) {
                throw new Misfit("a " + value.getClass().getName() + " where " + type.getName() + " is wanted");
            }
            JsonArrayBuilder array = builders.createArrayBuilder();
            int index = 0;
            for (Object element : items) {
                if (element == null && !takesNull) { // said now, because the worker could not read it
                    throw new Misfit("null, which what " + type.getName() + " is read into does not take")
                            .in("[" + index + "]");
                }
                array.add(Containers.write(item, element, index++, depth));
            }
            return array.build();
        }

        @Override
        Object take(JsonValue json) {
            JsonArray array = array(json, type.getName());
            Collection<@Nullable Object> items = empty.get();
            for (int i = 0; i < array.size(); i++) {
                Object element = Containers.read(item, array.get(i), i);
                try {
                    items.add(element);
                } catch (NullPointerException | ClassCastException refused) {
                    throw new Misfit("an element that " + type.getName() + " does not take", refused);
                }
            }
            return items;
        }
    }

    /** A map, read into a new one from {@code empty}. */
    static final class OfMap extends Shape {
        private final JsonBuilderFactory builders;
        private final Class<?> type;
        private final Key key;
        private final Shape item;
        private final Supplier<Map<Object, @Nullable Object>> empty;

        OfMap(
                JsonBuilderFactory builders,
                Class<?> type,
                Key key,
                Shape item,
                Supplier<Map<Object, @Nullable Object>> empty) {
            this.builders = builders;
            this.type = type;
            this.key = key;
            this.item = item;
            this.empty = empty;
        }

        @Override
        JsonValue put(Object value, int depth) {
            if (!type.isInstance(value)) {
                throw new Misfit("a " + value.getClass().getName() + " where " + type.getName() + " is wanted");
            }
            JsonObjectBuilder object = builders.createObjectBuilder();
            Set<String> names = new HashSet<>();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                if (entry.getKey() == null) {
                    throw new Misfit("a null key");
                }
                String name = key.toKey(entry.getKey());
                if (!names.add(name)) {
                    throw new Misfit("two keys with the same text");
                }
                try {
                    object.add(name, item.write(entry.getValue(), depth + 1));
                } catch (Misfit misfit) {
                    throw misfit.in("[key]"); // the key itself is the user's data
                }
            }
            return object.build();
        }

        @Override
        Object take(JsonValue json) {
            if (!(json instanceof JsonObject object)) {
                throw new Misfit(nameOf(json) + " where " + type.getName() + " is wanted");
            }
            Map<Object, @Nullable Object> map = empty.get();
            object.forEach((name, value) -> {
                try {
                    map.put(key.fromKey(name), item.read(value));
                } catch (Misfit misfit) {
                    throw misfit.in("[key]");
                } catch (NullPointerException | ClassCastException refused) {
                    throw new Misfit("an entry that " + type.getName() + " does not take", refused).in("[key]");
                }
            });
            return map;
        }
    }

    /** An array of any component type but byte, which travels as Base64. */
    static final class OfArray extends Shape {
        private final JsonBuilderFactory builders;
        private final Class<?> component;
        private final Shape item;

        OfArray(JsonBuilderFactory builders, Class<?> component, Shape item) {
            this.builders = builders;
            this.component = component;
            this.item = item;
        }

        @Override
        JsonValue put(Object value, int depth) {
            if (!component.arrayType().isInstance(value)) {
                throw new Misfit(
                        "a " + value.getClass().getTypeName() + " where " + component.getTypeName() + "[] is wanted");
            }
            JsonArrayBuilder array = builders.createArrayBuilder();
            int length = Array.getLength(value);
            for (int i = 0; i < length; i++) {
                array.add(Containers.write(item, Array.get(value, i), i, depth));
            }
            return array.build();
        }

        @Override
        Object take(JsonValue json) {
            JsonArray array = array(json, component.getTypeName() + "[]");
            Object items = Array.newInstance(component, array.size());
            for (int i = 0; i < array.size(); i++) {
                Array.set(items, i, Containers.read(item, array.get(i), i));
            }
            return items;
        }
    }

    /** An Optional, which is its value or null. */
    static final class OfOptional extends Shape {
        private final Shape item;

        OfOptional(Shape item) {
            this.item = item;
        }

        @Override
        Object nothing() {
            return Optional.empty();
        }

        @Override
        JsonValue put(Object value, int depth) {
            if (value instanceof Optional<?> optional) {
                return optional.isPresent() ? item.write(optional.get(), depth) : JsonValue.NULL;
            }
            throw new Misfit("a " + value.getClass().getName() + " where java.util.Optional is wanted");
        }

        @Override
        Object take(JsonValue json) {
            return Optional.ofNullable(item.read(json));
        }
    }

    /** An OptionalInt, OptionalLong or OptionalDouble, which is its number or null. */
    static final class OfOptionalNumber extends Shape {
        private final Shape number;
        private final Function<Object, Optional<?>> unwrap;
        private final Function<Object, Object> wrap;
        private final Object empty;

        OfOptionalNumber(
                Shape number, Function<Object, Optional<?>> unwrap, Function<Object, Object> wrap, Object empty) {
            this.number = number;
            this.unwrap = unwrap;
            this.wrap = wrap;
            this.empty = empty;
        }

        @Override
        Object nothing() {
            return empty;
        }

        @Override
        JsonValue put(Object value, int depth) {
            if (value.getClass() != empty.getClass()) {
                throw new Misfit("a " + value.getClass().getName() + " where "
                        + empty.getClass().getName() + " is wanted");
            }
            return unwrap.apply(value)
                    .map(present -> number.write(present, depth))
                    .orElse(JsonValue.NULL);
        }

        @Override
        Object take(JsonValue json) {
            return wrap.apply(number.take(json));
        }
    }
}
