package io.goose.broker.jca;

import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The SPI's values as trees of types that every class loader has: strings, boxed numbers, byte arrays, lists and maps.
 *
 * <p>A record is a map by the names of its components, so that the two sides may be of different versions: what one does not
 * know it leaves out, what is missing is null, zero or false, and the record itself refuses that where it cannot be.
 */
final class Trees {

    /** Says which of a sealed type's records a map is. */
    private static final String TYPE = "@";

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return new Shape(type);
        }
    };

    /** The constants of an enum, or the records of a sealed type, by their simple names. Both take long to ask a class for. */
    private static final ClassValue<Map<String, Object>> NAMED = new ClassValue<>() {
        @Override
        protected Map<String, Object> computeValue(Class<?> type) {
            Map<String, Object> named = new HashMap<>();
            if (type.isEnum()) {
                for (Object constant : type.getEnumConstants()) {
                    named.put(((Enum<?>) constant).name(), constant);
                }
                return named;
            }
            Class<?>[] permitted = type.getPermittedSubclasses();
            if (permitted == null) {
                throw new IllegalArgumentException(type.getName() + " cannot cross the boundary");
            }
            for (Class<?> one : permitted) {
                named.put(one.getSimpleName(), one);
            }
            return named;
        }
    };

    private Trees() {}

    /** The tree of a value, which says by its own type what it is. */
    static @Nullable Object of(@Nullable Object value) {
        if (value == null
                || value instanceof String
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof byte[]) {
            return value;
        }
        if (value instanceof JobId id) {
            return id.value();
        }
        if (value instanceof EncodedEnvelope envelope) {
            return envelope.bytes();
        }
        if (value instanceof JobResult result) {
            return result.encode();
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof Instant time) {
            return new long[] {time.getEpochSecond(), time.getNano()};
        }
        if (value instanceof Duration time) {
            return new long[] {time.getSeconds(), time.getNano()};
        }
        if (value instanceof Collection<?> many) {
            return list(many);
        }
        if (value instanceof Optional<?> maybe) {
            return list(maybe.stream().toList());
        }
        if (value instanceof Map<?, ?> map) {
            List<@Nullable Object> pairs = new ArrayList<>(map.size()); // for a key may be more than a word
            map.forEach((key, entry) -> pairs.add(Arrays.asList(of(key), of(entry))));
            return pairs;
        }
        if (value instanceof Throwable failure) {
            return Failures.tree(failure);
        }
        return SHAPES.get(value.getClass()).tree(value);
    }

    private static List<@Nullable Object> list(Collection<?> values) {
        List<@Nullable Object> trees = new ArrayList<>(values.size());
        for (Object value : values) {
            trees.add(of(value));
        }
        return trees;
    }

    /**
     * The value of a tree that is to be of this type.
     *
     * @throws Misunderstood if it cannot be one here, for the other side is of another version
     */
    static @Nullable Object read(@Nullable Object tree, Type type) {
        try {
            return value(tree, type);
        } catch (ClassCastException mismatch) {
            throw Misunderstood.other(type.getTypeName(), mismatch);
        }
    }

    private static @Nullable Object value(@Nullable Object tree, Type type) {
        if (type instanceof ParameterizedType generic) {
            return readGeneric(tree, (Class<?>) generic.getRawType(), generic.getActualTypeArguments());
        }
        Class<?> wanted = (Class<?>) type;
        if (tree == null) {
            return wanted.isPrimitive() ? zero(wanted) : null;
        }
        if (wanted.isPrimitive()
                || wanted == String.class
                || wanted == byte[].class
                || Number.class.isAssignableFrom(wanted)
                || wanted == Boolean.class) {
            return tree;
        }
        if (wanted == JobId.class) {
            return new JobId((String) tree);
        }
        if (wanted == EncodedEnvelope.class) {
            return EncodedEnvelope.wrap((byte[]) tree);
        }
        if (wanted == JobResult.class) {
            return JobResult.decode((String) tree);
        }
        if (wanted == Instant.class) {
            long[] parts = (long[]) tree;
            return Instant.ofEpochSecond(parts[0], parts[1]);
        }
        if (wanted == Duration.class) {
            long[] parts = (long[]) tree;
            return Duration.ofSeconds(parts[0], parts[1]);
        }
        if (wanted.isEnum()) {
            return constant(wanted, (String) tree).orElseThrow(() -> Misunderstood.unknown(wanted, (String) tree));
        }
        if (Throwable.class.isAssignableFrom(wanted)) {
            return Failures.read((Map<?, ?>) tree);
        }
        return record(wanted, (Map<?, ?>) tree);
    }

    /** What a record has that the other side does not know. */
    private static @Nullable Object absent(Type type) {
        if (type instanceof ParameterizedType generic) {
            return value(List.of(), generic); // an empty one, of whatever it has many
        }
        return value(null, type);
    }

    private static Object zero(Class<?> primitive) {
        if (primitive == boolean.class) {
            return false;
        }
        if (primitive == long.class) {
            return 0L;
        }
        return 0;
    }

    private static @Nullable Object readGeneric(@Nullable Object tree, Class<?> raw, Type[] types) {
        if (tree == null) {
            return null;
        }
        Collection<?> trees = (Collection<?>) tree;
        if (raw == Map.class) {
            Map<@Nullable Object, @Nullable Object> map = new HashMap<>();
            for (Object one : trees) {
                List<?> pair = (List<?>) one;
                map.put(value(pair.get(0), types[0]), value(pair.get(1), types[1]));
            }
            return map;
        }
        if (raw == Optional.class) {
            return trees.stream().findFirst().map(one -> value(one, types[0]));
        }
        if (raw == Set.class && types[0] instanceof Class<?> element && element.isEnum()) {
            return constants(trees, element);
        }
        Collection<@Nullable Object> values = raw == Set.class ? new LinkedHashSet<>() : new ArrayList<>(trees.size());
        for (Object one : trees) {
            values.add(value(one, types[0]));
        }
        return values;
    }

    /** Of a set of constants those that are known here: a newer side may have capabilities that nobody here asks for. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Set<?> constants(Collection<?> names, Class<?> type) {
        Set known = EnumSet.noneOf((Class) type);
        names.forEach(name -> constant(type, (String) name).ifPresent(known::add));
        return known;
    }

    private static Optional<?> constant(Class<?> type, String name) {
        return Optional.ofNullable(NAMED.get(type).get(name));
    }

    private static Object record(Class<?> wanted, Map<?, ?> tree) {
        if (wanted.isRecord()) {
            return SHAPES.get(wanted).value(tree);
        }
        String name = String.valueOf(tree.get(TYPE));
        Object one = NAMED.get(wanted).get(name);
        if (one == null) {
            throw Misunderstood.unknown(wanted, name);
        }
        return SHAPES.get((Class<?>) one).value(tree);
    }

    /** How a record is taken apart and put together. */
    private static final class Shape {
        private final Class<?> type;
        private final String[] names;
        private final Method[] accessors;
        private final Type[] types;
        private final Constructor<?> constructor;
        private final boolean isOfSeveral;

        Shape(Class<?> type) {
            if (!type.isRecord()) {
                throw new IllegalArgumentException(type.getName() + " cannot cross the boundary");
            }
            this.type = type;
            RecordComponent[] components = type.getRecordComponents();
            this.names = new String[components.length];
            this.accessors = new Method[components.length];
            this.types = new Type[components.length];
            Class<?>[] raw = new Class<?>[components.length];
            for (int i = 0; i < components.length; i++) {
                names[i] = components[i].getName();
                accessors[i] = components[i].getAccessor();
                types[i] = components[i].getGenericType();
                raw[i] = components[i].getType();
            }
            try {
                this.constructor = type.getDeclaredConstructor(raw);
            } catch (NoSuchMethodException impossible) {
                throw new IllegalStateException(type.getName() + " has not the constructor of a record", impossible);
            }
            boolean sealed = false;
            for (Class<?> above : type.getInterfaces()) {
                sealed |= above.isSealed();
            }
            this.isOfSeveral = sealed;
        }

        Map<String, @Nullable Object> tree(Object value) {
            Map<String, @Nullable Object> tree = new HashMap<>(2 * names.length + 2);
            if (isOfSeveral) {
                tree.put(TYPE, type.getSimpleName());
            }
            try {
                for (int i = 0; i < names.length; i++) {
                    Object part = accessors[i].invoke(value);
                    tree.put(names[i], part == null ? null : of(part)); // what is missing is of another version
                }
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(type.getName() + " cannot be taken apart", impossible);
            }
            return tree;
        }

        Object value(Map<?, ?> tree) {
            @Nullable Object[] parts = new Object[names.length];
            List<String> missing = new ArrayList<>(0);
            for (int i = 0; i < names.length; i++) {
                if (tree.containsKey(names[i])) {
                    parts[i] = Trees.value(tree.get(names[i]), types[i]);
                } else {
                    missing.add(names[i]);
                    parts[i] = absent(types[i]);
                }
            }
            try {
                return Failures.unwrapped(type.getSimpleName(), () -> constructor.newInstance(parts));
            } catch (NullPointerException | IllegalArgumentException refused) {
                if (missing.isEmpty()) {
                    throw refused;
                }
                throw Misunderstood.lacking(type, missing, refused);
            }
        }
    }
}
