package io.goose.engine.handler;

import io.goose.AsyncJob;
import io.goose.Job;
import io.goose.JobDeclaration;
import io.goose.UniqueJob;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the job methods of a class. The annotation may stand on the method itself, on one that it overrides, or on that of
 * an interface; the nearest counts.
 */
public final class JobMethods {

    private final Class<?> bean;
    private final List<Class<?>> types;
    private final TypeVariables variables;
    private final Function<Method, Collection<? extends Annotation>> annotations;

    private JobMethods(Class<?> bean, Function<Method, Collection<? extends Annotation>> annotations) {
        this.bean = bean;
        this.types = JobDeclaration.searchOrder(bean);
        this.variables = new TypeVariables(bean);
        this.annotations = annotations;
    }

    /** The job methods of {@code bean} by its own annotations; sorted by name. */
    public static List<JobMethod> in(Class<?> bean) {
        return in(bean, method -> Arrays.asList(method.getDeclaredAnnotations()));
    }

    /**
     * The job methods of {@code bean}; sorted by name.
     *
     * @param annotations those of a method, which a container's extensions may have changed
     */
    public static List<JobMethod> in(Class<?> bean, Function<Method, Collection<? extends Annotation>> annotations) {
        return new JobMethods(bean, annotations).find();
    }

    private List<JobMethod> find() {
        Map<Key, List<Method>> families = new LinkedHashMap<>();
        for (Class<?> type : types) {
            for (Method method : type.getDeclaredMethods()) {
                if (!method.isBridge() && !method.isSynthetic()) {
                    families.computeIfAbsent(key(method), k -> new ArrayList<>())
                            .add(method);
                }
            }
        }
        List<JobMethod> found = new ArrayList<>();
        for (List<Method> family : families.values()) {
            for (Method declared : family) {
                List<Annotation> jobs = jobAnnotations(declared);
                if (!jobs.isEmpty()) {
                    Method implementation = family.get(0);
                    found.add(new JobMethod(
                            bean,
                            implementation,
                            declared,
                            jobs,
                            variables.parameters(implementation),
                            signatures(family)));
                    break; // the nearest annotation counts
                }
            }
        }
        found.sort(Comparator.comparing(JobMethod::where));
        return found;
    }

    private List<Annotation> jobAnnotations(Method method) {
        List<Annotation> jobs = new ArrayList<>();
        for (Annotation annotation : annotations.apply(method)) {
            if (annotation instanceof Job || annotation instanceof AsyncJob) {
                jobs.add(annotation);
            }
        }
        if (!jobs.isEmpty()) {
            annotations.apply(method).stream()
                    .filter(UniqueJob.class::isInstance)
                    .forEach(jobs::add);
        }
        return jobs;
    }

    /** Through each type of the bean, with the erased parameters that the type or an ancestor of it declares. */
    private Set<String> signatures(List<Method> family) {
        Set<String> signatures = new HashSet<>();
        for (Class<?> type : types) {
            for (Method method : family) {
                if (method.getDeclaringClass().isAssignableFrom(type)) {
                    signatures.add(signature(type, method));
                }
            }
        }
        return signatures;
    }

    /** A method of a type in the form in which method references name it. */
    public static String signature(Class<?> type, Method method) {
        return type.getName() + "#" + nameAndTypes(method);
    }

    /** A method in the form {@code name(parameter,types)}, with erased types. */
    public static String nameAndTypes(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getTypeName)
                .collect(Collectors.joining(",", method.getName() + "(", ")"));
    }

    private Key key(Method method) {
        boolean own = Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers());
        List<Class<?>> parameters = new ArrayList<>();
        for (Type parameter : variables.parameters(method)) {
            parameters.add(TypeVariables.erased(parameter));
        }
        return new Key(method.getName(), parameters, own ? method.getDeclaringClass() : null);
    }

    /**
     * What methods that override each other have in common.
     *
     * @param owner the class of a method that overrides nothing and is not overridden; else null
     */
    private record Key(
            String name,
            List<Class<?>> parameters,
            @Nullable Class<?> owner) {}
}
