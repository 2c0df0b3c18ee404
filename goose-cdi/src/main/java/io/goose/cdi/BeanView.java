package io.goose.cdi;

import io.goose.JobDeclaration;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import jakarta.enterprise.inject.spi.Bean;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The type through which a job's bean is called, and the method of that type.
 *
 * @param type one of the bean's types: a client view, where it is an EJB
 */
record BeanView(Bean<?> bean, Type type, Method method) {

    /** The view that has the job's method, the bean's own class first; null if none has it. */
    static @Nullable BeanView of(FoundBean found, JobMethod job) {
        Map<Class<?>, Type> types = new HashMap<>();
        found.bean().getTypes().forEach(type -> rawType(type).ifPresent(raw -> types.put(raw, type)));
        Type own = types.get(job.bean()); // an EJB has it among its types if it has a no-interface view
        if (own != null) {
            return new BeanView(found.bean(), own, job.method());
        }
        for (Class<?> candidate : JobDeclaration.searchOrder(job.bean())) {
            Type type = types.get(candidate);
            if (type != null) {
                for (Method method : candidate.getMethods()) {
                    if (job.signatures().contains(JobMethods.signature(candidate, method))) {
                        return new BeanView(found.bean(), type, method);
                    }
                }
            }
        }
        return null;
    }

    /** A type through which a proxy of the bean can be made: its class, or where it is not among the types any other. */
    static Type callable(FoundBean found) {
        Set<Type> types = found.bean().getTypes();
        return types.stream()
                .filter(type -> rawType(type).equals(Optional.of(found.type().getJavaClass())))
                .findFirst()
                .orElseGet(() -> types.iterator().next());
    }

    /** The class of a bean's type; empty for an array of a parameterized type and the like. */
    static Optional<Class<?>> rawType(Type type) {
        Type raw = type instanceof ParameterizedType generic ? generic.getRawType() : type;
        return raw instanceof Class<?> found ? Optional.of(found) : Optional.empty();
    }
}
