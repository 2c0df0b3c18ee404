package io.goose.engine.codec;

import jakarta.json.bind.annotation.JsonbCreator;
import jakarta.json.bind.annotation.JsonbTransient;
import jakarta.json.bind.annotation.JsonbTypeAdapter;
import jakarta.json.bind.annotation.JsonbTypeDeserializer;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a class must look like so that JSON-B writes and reads all of it. */
final class Beans {

    private Beans() {}

    /** Whether the class says by an annotation how JSON-B treats it or its parts. */
    static boolean isAnnotated(Class<?> type) {
        Stream<AnnotatedElement> parts = Stream.of(
                        Stream.of(type),
                        Arrays.stream(type.getDeclaredFields()),
                        Arrays.stream(type.getDeclaredMethods()),
                        Arrays.stream(type.getDeclaredConstructors()))
                .flatMap(part -> part);
        return parts.flatMap(part -> Arrays.stream(part.getAnnotations()))
                .anyMatch(annotation ->
                        annotation.annotationType().getName().startsWith("jakarta.json.bind.annotation."));
    }

    /** Whether the class brings its own adapter, deserializer or list of subtypes. */
    static boolean isAdapted(AnnotatedElement part) {
        return part.isAnnotationPresent(JsonbTypeAdapter.class)
                || part.isAnnotationPresent(JsonbTypeDeserializer.class)
                || part.isAnnotationPresent(JsonbTypeInfo.class);
    }

    /**
     * Refuses a class that JSON-B would fail on or, worse, write without its state.
     *
     * @param propertyType called with the type of each property that JSON-B sees
     */
    static void check(Class<?> type, Consumer<Type> propertyType) {
        String name = type.getName();
        if (isAdapted(type)) {
            return;
        }
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            throw new Refused(name + " is abstract and JSON does not say which class to make of it; declare the class,"
                    + " or list the subtypes with @JsonbTypeInfo");
        }
        if (!Modifier.isPublic(type.getModifiers())) {
            throw new Refused(name + " is not public, which JSON-B needs; make it public, or a record");
        }
        boolean created = hasCreator(type);
        if (!created && !type.isRecord() && !hasDefaultConstructor(type)) {
            throw new Refused(name + " has no constructor that JSON-B can call; give it a public one without parameters"
                    + " or a @JsonbCreator, or make it a record");
        }
        boolean kept = created || type.isRecord();
        for (Method method : type.getMethods()) {
            if (isGetter(method) && !isSkipped(type, method)) {
                kept |= hasSetter(type, method);
                property(type, method.getName(), method.getGenericReturnType(), propertyType);
            }
        }
        for (Field field : type.getFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !isSkipped(field)) {
                kept |= !Modifier.isFinal(field.getModifiers());
                property(type, field.getName(), field.getGenericType(), propertyType);
            }
        }
        if (!kept) {
            throw new Refused(name + " has no property that JSON-B writes and reads, so it would arrive empty; give it"
                    + " getters and setters, or make it a record");
        }
    }

    private static void property(Class<?> owner, String property, Type type, Consumer<Type> propertyType) {
        try {
            propertyType.accept(type);
        } catch (Refused refused) {
            throw new Refused("'" + property + "' of " + owner.getName() + ": " + refused.getMessage());
        }
    }

    private static boolean hasCreator(Class<?> type) {
        return Stream.<Executable[]>of(type.getDeclaredConstructors(), type.getDeclaredMethods())
                .flatMap(Arrays::stream)
                .anyMatch(maker -> maker.isAnnotationPresent(JsonbCreator.class));
    }

    private static boolean hasDefaultConstructor(Class<?> type) {
        return Arrays.stream(type.getDeclaredConstructors())
                .filter(made -> made.getParameterCount() == 0)
                .anyMatch(made -> (made.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0);
    }

    private static boolean isGetter(Method method) {
        String name = method.getName();
        return method.getParameterCount() == 0
                && !Modifier.isStatic(method.getModifiers())
                && method.getDeclaringClass() != Object.class
                && method.getReturnType() != void.class
                && (property(name, "get") != null || property(name, "is") != null);
    }

    private static boolean hasSetter(Class<?> type, Method getter) {
        String name = getter.getName();
        String setter = "set" + name.substring(name.startsWith("get") ? 3 : 2);
        return Arrays.stream(type.getMethods())
                .anyMatch(method -> method.getName().equals(setter) && method.getParameterCount() == 1);
    }

    private static @Nullable String property(String method, String prefix) {
        boolean fits = method.length() > prefix.length()
                && method.startsWith(prefix)
                && Character.isUpperCase(method.charAt(prefix.length()));
        return fits
                ? Character.toLowerCase(method.charAt(prefix.length())) + method.substring(prefix.length() + 1)
                : null;
    }

    private static boolean isSkipped(AnnotatedElement part) {
        return part.isAnnotationPresent(JsonbTransient.class) || isAdapted(part);
    }

    private static boolean isSkipped(Class<?> type, Method getter) {
        if (isSkipped(getter)) {
            return true;
        }
        List<String> names = Stream.of("get", "is")
                .map(prefix -> property(getter.getName(), prefix))
                .filter(Objects::nonNull)
                .toList();
        for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
            for (Field field : level.getDeclaredFields()) {
                if (names.contains(field.getName())
                        && (Modifier.isTransient(field.getModifiers()) || isSkipped(field))) {
                    return true;
                }
            }
        }
        return false;
    }
}
