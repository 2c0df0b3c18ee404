package io.goose.cdi;

import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import jakarta.enterprise.inject.spi.Bean;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The type through which a job's bean is called, and the method of that type.
 *
 * @param type one of the bean's types: a client view, where it is an EJB
 */
record BeanView(Bean<?> bean, Class<?> type, Method method) {

    /** The view that has the job's method, the bean's own class first; null if none has it. */
    static @Nullable BeanView of(FoundBean found, JobMethod job) {
        Set<Type> types = found.bean().getTypes();
        Class<?> own = job.bean();
        if (types.contains(own)) { // an EJB has it among its types if it has a no-interface view
            return new BeanView(found.bean(), own, job.method());
        }
        for (Class<?> candidate : JobMethods.linearized(own)) {
            if (types.contains(candidate)) {
                for (Method method : candidate.getMethods()) {
                    if (Modifier.isPublic(method.getModifiers())
                            && job.signatures().contains(JobMethods.signature(candidate, method))) {
                        return new BeanView(found.bean(), candidate, method);
                    }
                }
            }
        }
        return null;
    }
}
