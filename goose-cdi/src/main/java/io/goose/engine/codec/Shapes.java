package io.goose.engine.codec;

import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbException;
import jakarta.json.spi.JsonProvider;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.ServiceConfigurationError;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the shape of a type, once per type. Thread-safe. */
final class Shapes {

    private final JsonProvider json;
    private final JsonBuilderFactory builders;
    private final JsonReaderFactory readers;
    private final Supplier<Jsonb> jsonb;
    private final Values values;
    private final Map<Type, Shape> known = new ConcurrentHashMap<>();

    Shapes(JsonProvider json, Supplier<Jsonb> jsonb) {
        this.json = json;
        this.builders = json.createBuilderFactory(Map.of());
        this.readers = json.createReaderFactory(Map.of());
        this.jsonb = jsonb;
        this.values = new Values(json);
    }

    /**
     * The shape of a parameter's type.
     *
     * @throws Refused if values of it cannot travel
     */
    Shape of(Type type) {
        Shape shape = known.get(type);
        if (shape == null) {
            shape = new Making().of(type, Map.of());
            known.put(type, shape);
        }
        return shape;
    }

    /** The shape that writes values by their own class, where no declared type is known. It cannot read. */
    Shape dynamic() {
        return new Dynamic();
    }

    /** One making of a shape with all that is in it; remembers what is under way, for records that hold themselves. */
    private final class Making {
        private final Map<Type, Later> underWay = new HashMap<>();

        Shape of(Type type, Map<TypeVariable<?>, Type> bindings) {
            if (type instanceof Class<?> plain) {
                return ofClass(plain, plain, new Type[0]);
            }
            if (type instanceof ParameterizedType generic && generic.getRawType() instanceof Class<?> raw) {
                Type[] arguments = generic.getActualTypeArguments();
                for (int i = 0; i < arguments.length; i++) {
                    arguments[i] = TypeTerms.resolve(arguments[i], bindings);
                }
                return ofClass(raw, new TypeTerms.Generic(raw, arguments), arguments);
            }
            if (type instanceof GenericArrayType array) {
                Type component = TypeTerms.resolve(array.getGenericComponentType(), bindings);
                return new Containers.OfArray(builders, TypeTerms.rawOf(component), of(component, bindings));
            }
            if (type instanceof WildcardType || type instanceof TypeVariable<?>) {
                Type resolved = TypeTerms.resolve(type, bindings);
                if (!resolved.equals(type)) {
                    return of(resolved, bindings);
                }
            }
            throw new Refused(type.getTypeName() + " does not say what to read; declare a concrete type");
        }

        private Shape ofClass(Class<?> type, Type whole, Type[] arguments) {
            Shape value = values.of(type);
            if (value != null) {
                return value;
            }
            if (type.isArray()) {
                return new Containers.OfArray(builders, type.getComponentType(), of(type.getComponentType(), Map.of()));
            }
            boolean annotated = !isOfJdk(type) && Beans.isAnnotated(type);
            if (type.isEnum() && !annotated) {
                return new EnumShape(json, type);
            }
            Shape optional = optional(type, arguments);
            if (optional != null) {
                return optional;
            }
            if (type == Iterable.class || Collection.class.isAssignableFrom(type)) {
                Supplier<Collection<@Nullable Object>> empty = EmptyContainers.collection(type, arguments);
                return new Containers.OfCollection(builders, type, of(arguments[0], Map.of()), empty);
            }
            if (Map.class.isAssignableFrom(type)) {
                Supplier<Map<Object, @Nullable Object>> empty = EmptyContainers.map(type, arguments);
                if (of(arguments[0], Map.of()) instanceof Shape.Key key) {
                    return new Containers.OfMap(builders, type, key, of(arguments[1], Map.of()), empty);
                }
                throw new Refused("the keys of " + whole.getTypeName() + " have no text form; use strings, numbers,"
                        + " enums, UUIDs or java.time as keys, or a list of records");
            }
            refuse(type);
            return ofObject(type, whole, arguments, annotated);
        }

        private @Nullable Shape optional(Class<?> type, Type[] arguments) {
            if (type == Optional.class) {
                EmptyContainers.requireArguments(type, arguments, 1);
                return new Containers.OfOptional(of(arguments[0], Map.of()));
            }
            if (type == OptionalInt.class) {
                return new Containers.OfOptionalNumber(
                        of(int.class, Map.of()),
                        value -> ((OptionalInt) value).stream().boxed().findFirst(),
                        value -> OptionalInt.of((Integer) value),
                        OptionalInt.empty());
            }
            if (type == OptionalLong.class) {
                return new Containers.OfOptionalNumber(
                        of(long.class, Map.of()),
                        value -> ((OptionalLong) value).stream().boxed().findFirst(),
                        value -> OptionalLong.of((Long) value),
                        OptionalLong.empty());
            }
            if (type == OptionalDouble.class) {
                return new Containers.OfOptionalNumber(
                        of(double.class, Map.of()),
                        value -> ((OptionalDouble) value).stream().boxed().findFirst(),
                        value -> OptionalDouble.of((Double) value),
                        OptionalDouble.empty());
            }
            return null;
        }

        private Shape ofObject(Class<?> type, Type whole, Type[] arguments, boolean annotated) {
            Shape again = underWay.get(whole);
            if (again != null) {
                return again;
            }
            Later later = new Later();
            underWay.put(whole, later);
            Shape shape;
            if (type.isRecord() && !annotated) {
                EmptyContainers.requireArguments(type, arguments, type.getTypeParameters().length);
                Map<TypeVariable<?>, Type> bindings = TypeTerms.bindings(type, arguments);
                shape = new RecordShape(builders, type, component -> of(component, bindings));
            } else {
                JsonbTypes.check(type, arguments);
                requireJsonb(type);
                shape = new BeanShape(json, readers, jsonb, type, whole);
            }
            later.target = shape;
            underWay.remove(whole);
            return shape;
        }
    }

    /** Here, so that what is missing is known when the type is looked at, not when a value of it is written. */
    private void requireJsonb(Class<?> type) {
        try {
            Objects.requireNonNull(jsonb.get());
        } catch (JsonbException | ServiceConfigurationError absent) {
            throw new Refused(type.getName() + " needs JSON-B, of which no implementation is here (" + absent
                    + "); add one, for example org.eclipse:yasson, or declare a record");
        }
    }

    private static void refuse(Class<?> type) {
        String problem = Refusals.of(type);
        if (problem != null) {
            throw new Refused(problem);
        }
        if (isOfJdk(type) && !JsonbTypes.isKnown(type)) {
            throw new Refused(type.getName() + " has no JSON form that can be read back; declare a record, a"
                    + " collection, or one of the types in docs/arguments.md");
        }
    }

    static boolean isOfJdk(Class<?> type) {
        String name = type.getName();
        return name.startsWith("java.") || name.startsWith("javax.") || name.startsWith("jakarta.");
    }

    /** The shape of a record inside of itself. */
    private static final class Later extends Shape {
        private @Nullable Shape target; // set before the making ends, and so before anybody uses it

        private Shape target() {
            Shape made = target;
            if (made == null) {
                throw new IllegalStateException("used while it is being made");
            }
            return made;
        }

        @Override
        JsonValue put(Object value, int depth) {
            return target().put(value, depth);
        }

        @Override
        Object take(JsonValue json) {
            return target().take(json);
        }
    }

    private final class Dynamic extends Shape {

        @Override
        JsonValue put(Object value, int depth) {
            return shapeFor(value).put(value, depth);
        }

        private Shape shapeFor(Object value) {
            if (value instanceof Optional<?>) {
                return new Containers.OfOptional(this);
            }
            if (value instanceof Collection<?>) {
                return new Containers.OfCollection(builders, Collection.class, this, ArrayList::new);
            }
            if (value instanceof Map<?, ?>) {
                return new Containers.OfMap(builders, Map.class, new DynamicKey(), this, HashMap::new);
            }
            if (value instanceof JsonValue) {
                return Shapes.this.of(JsonValue.class);
            }
            if (value instanceof ZoneId) { // its classes are not public
                return Shapes.this.of(ZoneId.class);
            }
            return Shapes.this.of(value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass());
        }

        @Override
        Object take(JsonValue json) {
            throw new IllegalStateException("nothing is read without a type");
        }
    }

    private final class DynamicKey extends Shape.Key {

        @Override
        String toKey(Object value) {
            Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
            if (Shapes.this.of(type) instanceof Key key) {
                return key.toKey(value);
            }
            throw new Misfit("a key of " + type.getName() + ", which has no text form");
        }

        @Override
        Object fromKey(String key) {
            throw new IllegalStateException("nothing is read without a type");
        }

        @Override
        JsonValue put(Object value, int depth) {
            return json.createValue(toKey(value));
        }

        @Override
        Object take(JsonValue value) {
            throw new IllegalStateException("nothing is read without a type");
        }
    }
}
