package io.goose.cdi;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.InjectionPoint;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bean that is made by hand, where a container does not find the archive of a configured one: dependent, without a name, and with one
 * instance that was there before. Thread-safe.
 */
abstract class OwnBean<T> implements Bean<T> {

    private final Class<?> home;
    private final Class<T> type;
    private final T instance;

    /**
     * @param home the class whose archive the bean belongs to
     */
    OwnBean(Class<?> home, Class<T> type, T instance) {
        this.home = home;
        this.type = type;
        this.instance = instance;
    }

    @Override
    public Class<?> getBeanClass() {
        return home;
    }

    @Override
    public Set<Type> getTypes() {
        return Set.of(type, Object.class);
    }

    @Override
    public T create(CreationalContext<T> context) {
        return instance;
    }

    @Override
    public void destroy(T given, CreationalContext<T> context) {
        context.release();
    }

    /** Containers ask for such beans until the end, when a proxy of another scope finds nothing any more (WildFly 39). */
    @Override
    public Class<? extends Annotation> getScope() {
        return Dependent.class;
    }

    @Override
    public @Nullable String getName() {
        return null;
    }

    @Override
    public Set<Class<? extends Annotation>> getStereotypes() {
        return Set.of();
    }

    @Override
    public Set<InjectionPoint> getInjectionPoints() {
        return Set.of();
    }

    @Override
    public boolean isAlternative() {
        return false;
    }
}
