package io.goose.engine.codec;

import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a declared collection or map is read into. Interfaces get the class that keeps order and takes null. */
final class EmptyContainers {

    private static final List<Supplier<Collection<@Nullable Object>>> COLLECTIONS = List.of(
            ArrayList::new,
            LinkedHashSet::new,
            HashSet::new,
            ArrayDeque::new,
            TreeSet::new,
            ConcurrentSkipListSet::new);

    private static final List<Supplier<Map<Object, @Nullable Object>>> MAPS =
            List.of(LinkedHashMap::new, HashMap::new, TreeMap::new, ConcurrentSkipListMap::new);

    private EmptyContainers() {}

    static Supplier<Collection<@Nullable Object>> collection(Class<?> type, Type[] arguments) {
        requireArguments(type, arguments, 1);
        if (type == EnumSet.class && arguments[0] instanceof Class<?> constants && constants.isEnum()) {
            return () -> enumSet(constants);
        }
        for (Supplier<Collection<@Nullable Object>> made : COLLECTIONS) {
            if (fits(type, made.get())) {
                return made;
            }
        }
        throw new Refused(type.getName() + " is not a collection that can be made here; declare java.util.List,"
                + " Set, SortedSet or Queue");
    }

    static Supplier<Map<Object, @Nullable Object>> map(Class<?> type, Type[] arguments) {
        requireArguments(type, arguments, 2);
        if (type == EnumMap.class && arguments[0] instanceof Class<?> constants && constants.isEnum()) {
            return () -> enumMap(constants);
        }
        for (Supplier<Map<Object, @Nullable Object>> made : MAPS) {
            if (fits(type, made.get())) {
                return made;
            }
        }
        throw new Refused(type.getName() + " is not a map that can be made here; declare java.util.Map or SortedMap");
    }

    private static boolean fits(Class<?> type, Object made) {
        return Modifier.isAbstract(type.getModifiers()) ? type.isInstance(made) : type == made.getClass();
    }

    /** Refuses a raw type, which does not say what its elements are. */
    static void requireArguments(Class<?> type, Type[] arguments, int count) {
        if (arguments.length != count) {
            throw new Refused(type.getName() + " does not say what it holds; declare its type arguments, as in "
                    + (count == 2 ? type.getSimpleName() + "<String, Long>" : type.getSimpleName() + "<String>"));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Collection<@Nullable Object> enumSet(Class<?> constants) {
        return (Collection) EnumSet.noneOf((Class) constants);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<Object, @Nullable Object> enumMap(Class<?> constants) {
        return (Map) new EnumMap((Class) constants);
    }
}
