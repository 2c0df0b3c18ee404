package io.goose.it.monitor;

import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The values of the thread-locals of another thread. Meant for one that is idle; both servers open {@code java.lang}. */
final class ThreadLocals {

    private ThreadLocals() {}

    /** The class of each thread-local and of its value, with the classes of what the value holds. */
    static List<String> of(Thread thread) {
        List<String> found = new ArrayList<>();
        for (String map : List.of("threadLocals", "inheritableThreadLocals")) {
            Object locals = read(Thread.class, map, thread);
            if (locals != null) {
                Object table = Objects.requireNonNull(read(locals.getClass(), "table", locals), "table");
                for (int i = 0; i < Array.getLength(table); i++) {
                    if (Array.get(table, i) instanceof Reference<?> entry && entry.get() != null) {
                        found.add(name(entry.get()) + " = " + describe(read(entry.getClass(), "value", entry)));
                    }
                }
            }
        }
        return found;
    }

    private static String describe(@Nullable Object value) {
        List<String> held = new ArrayList<>();
        try {
            addHeld(value, held);
        } catch (ConcurrentModificationException inUse) { // its thread is at work
            held.add("…");
        }
        return name(value) + held;
    }

    private static void addHeld(@Nullable Object value, List<String> held) {
        if (value instanceof Iterable<?> elements) {
            elements.forEach(element -> held.add(name(element)));
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, element) -> held.add(name(key) + ":" + name(element)));
        } else if (value instanceof Object[] elements) {
            Arrays.asList(elements).forEach(element -> held.add(name(element)));
        } else if (value instanceof Reference<?> reference) {
            held.add(name(reference.get()));
        }
    }

    private static String name(@Nullable Object object) {
        return object == null ? "null" : object.getClass().getName();
    }

    private static @Nullable Object read(Class<?> type, String field, Object owner) {
        try {
            Field found = type.getDeclaredField(field);
            found.setAccessible(true);
            return found.get(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " has no readable " + field, e);
        }
    }
}
