package io.goose.engine.handler;

import io.goose.JobDeclaration;
import io.goose.Sensitive;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A method that an annotation makes a job, as it is found; whether it can be one is for {@link JobRules} to say.
 *
 * @param bean the class that has the method, itself or by inheritance
 * @param method the implementation that runs: the most derived one
 * @param declared the method, of the same class or of an ancestor, that carries the annotation
 * @param annotations the {@code @Job} and {@code @AsyncJob} on it; one, or both by mistake; and {@code @UniqueJob} if it has that
 * @param parameters the parameter types as the bean's class sees them
 * @param signatures every {@code type#method(parameter,types)} by which a method reference can mean it
 */
public record JobMethod(
        Class<?> bean,
        Method method,
        Method declared,
        List<Annotation> annotations,
        List<Type> parameters,
        Set<String> signatures) {

    public JobMethod {
        annotations = List.copyOf(annotations);
        parameters = List.copyOf(parameters);
        signatures = Set.copyOf(signatures);
    }

    /** What the annotation says. */
    public JobDeclaration declaration() {
        return JobDeclaration.in(annotations).orElseThrow();
    }

    /** Whether a call of the method enqueues it. */
    public boolean isAsync() {
        return declaration().async();
    }

    /** The name on the wire: the annotation's, else {@code fully.qualified.Class#method}. */
    public String name() {
        String given = declaration().name();
        return given.isEmpty() ? bean.getName() + "#" + method.getName() : given;
    }

    /** The indexes of the parameters that are {@link Sensitive}, here or where the annotation is. */
    public Set<Integer> sensitive() {
        Set<Integer> indexes = new HashSet<>();
        for (Method each : List.of(method, declared)) {
            Parameter[] all = each.getParameters();
            for (int i = 0; i < all.length; i++) {
                if (all[i].isAnnotationPresent(Sensitive.class)) {
                    indexes.add(i);
                }
            }
        }
        return indexes;
    }

    /** The bean and the method, for messages. */
    public String where() {
        return bean.getName() + "#" + method.getName()
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
