package io.goose.engine.codec;

import java.lang.annotation.Annotation;
import java.lang.reflect.Modifier;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Classes whose objects mean something only where they are. Annotations are told by name: their jars may be absent. */
final class Refusals {

    private static final Set<String> EJB = Set.of(
            "jakarta.ejb.Stateless", "jakarta.ejb.Stateful", "jakarta.ejb.Singleton", "jakarta.ejb.MessageDriven");
    private static final Set<String> SCOPE = Set.of("jakarta.enterprise.context.NormalScope", "jakarta.inject.Scope");

    private Refusals() {}

    /** What is wrong with sending objects of a class; null if nothing is known to be. */
    static @Nullable String of(Class<?> type) {
        String name = type.getName();
        if (type == Object.class) {
            return "java.lang.Object does not say what to read; declare the class";
        }
        if (type == void.class || type == Void.class) {
            return name + " has no values";
        }
        if (hasAnnotation(type, "jakarta.persistence.Entity")) {
            return name + " is an entity, whose state belongs to the database and may have changed when the job runs;"
                    + " pass its id and load it in the job";
        }
        if (AutoCloseable.class.isAssignableFrom(type)
                || type == java.util.Iterator.class
                || type == java.util.Enumeration.class) {
            return name + " is a stream or resource that exists only here; pass its content, or where to find it";
        }
        if (Thread.class.isAssignableFrom(type)
                || ClassLoader.class.isAssignableFrom(type)
                || type == Class.class
                || type == ThreadGroup.class) {
            return name + " belongs to this JVM; pass a name";
        }
        if (Throwable.class.isAssignableFrom(type)) {
            return name + " cannot be read back; pass its message";
        }
        if (type.isAnnotationPresent(FunctionalInterface.class)) {
            return name + " is code, not data; make the code a job of its own and pass what it needs";
        }
        if (isBean(type)) {
            return name + " is a bean of the container; inject it where the job runs";
        }
        if (isInner(type)) {
            return name + " is tied to an object around it; make it a static or top-level class, or a record";
        }
        return null;
    }

    private static boolean isInner(Class<?> type) {
        boolean nested = type.isMemberClass() && !type.isInterface() && !Modifier.isStatic(type.getModifiers());
        boolean inMethod = (type.isLocalClass() || type.isAnonymousClass()) && !type.isRecord() && !type.isEnum();
        return nested || inMethod;
    }

    private static boolean isBean(Class<?> type) {
        for (Annotation annotation : type.getAnnotations()) {
            Class<? extends Annotation> kind = annotation.annotationType();
            if (EJB.contains(kind.getName())) {
                return true;
            }
            for (Annotation meta : kind.getAnnotations()) {
                if (SCOPE.contains(meta.annotationType().getName())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean hasAnnotation(Class<?> type, String annotationName) {
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            for (Annotation annotation : level.getDeclaredAnnotations()) {
                if (annotation.annotationType().getName().equals(annotationName)) {
                    return true;
                }
            }
        }
        return false;
    }
}
