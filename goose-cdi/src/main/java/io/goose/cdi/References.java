package io.goose.cdi;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * References to beans by their {@link Bean}, which works wherever the bean is: in an EAR the beans of a WAR are not visible
 * from the EAR's {@code lib/}. Dependent ones live until {@link #release}. Thread-safe.
 */
final class References {

    private final BeanManager beans;
    private final List<CreationalContext<?>> dependents = new ArrayList<>(); // guarded by this

    References(BeanManager beans) {
        this.beans = beans;
    }

    BeanManager beans() {
        return beans;
    }

    /**
     * A reference.
     *
     * @throws IllegalStateException if the bean cannot be made
     */
    <T> T get(Bean<?> bean, Class<T> type) {
        CreationalContext<?> context = beans.createCreationalContext(bean);
        if (bean.getScope().equals(Dependent.class)) {
            synchronized (this) {
                dependents.add(context);
            }
        }
        try {
            return type.cast(beans.getReference(bean, type, context));
        } catch (RuntimeException | LinkageError unmade) {
            throw new IllegalStateException(unmade(bean, type, unmade), unmade);
        }
    }

    /**
     * A reference whose bean has been made.
     *
     * @param use makes it, where the reference is a proxy
     * @param problems gets a message if it cannot be made
     */
    <T> Optional<T> tryGet(Bean<?> bean, Class<T> type, Consumer<T> use, List<String> problems) {
        try {
            T reference = get(bean, type);
            use.accept(reference);
            return Optional.of(reference);
        } catch (RuntimeException | LinkageError unmade) {
            problems.add(unmade(bean, type, unmade));
            return Optional.empty();
        }
    }

    private static String unmade(Bean<?> bean, Class<?> type, Throwable cause) {
        return "GOOSE-2029: the " + type.getSimpleName() + " bean of "
                + bean.getBeanClass().getName() + " cannot be made (" + rootOf(cause)
                + "); mend what makes it, or remove it";
    }

    private static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root;
    }

    <T> List<T> all(List<Bean<?>> found, Class<T> type) {
        return found.stream().map(bean -> get(bean, type)).toList();
    }

    /** Destroys dependent instances. */
    synchronized void release() {
        dependents.forEach(CreationalContext::release);
        dependents.clear();
    }
}
