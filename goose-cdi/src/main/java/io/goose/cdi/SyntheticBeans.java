package io.goose.cdi;

import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.JobRun;
import io.goose.Workers;
import io.goose.admin.BatchAdmin;
import io.goose.admin.CronAdmin;
import io.goose.admin.LimitAdmin;
import io.goose.admin.QueueAdmin;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.InjectionPoint;
import java.lang.annotation.Annotation;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The beans that applications inject. No bean depends on a configuration key: a broker's name is read where it is injected. */
final class SyntheticBeans {

    private final GooseRuntime runtime;
    private final BeanManager beans;
    private final @Nullable Class<?> home;

    /**
     * @param home a class of the application's beans; null if none is known
     */
    SyntheticBeans(GooseRuntime runtime, BeanManager beans, @Nullable Class<?> home) {
        this.runtime = runtime;
        this.beans = beans;
        this.home = home;
    }

    void addTo(AfterBeanDiscovery event) {
        add(event, GooseRuntime.class, () -> runtime);
        addPart(event, GooseClient.class);
        addNamed(event, GooseClient.class);
        addPart(event, QueueAdmin.class);
        addNamed(event, QueueAdmin.class);
        addPart(event, CronAdmin.class);
        addNamed(event, CronAdmin.class);
        addPart(event, BatchAdmin.class);
        addNamed(event, BatchAdmin.class);
        addPart(event, LimitAdmin.class);
        addNamed(event, LimitAdmin.class);
        addPart(event, JobRun.class);
        addPart(event, Workers.class);
        HealthBeans.addTo(event, runtime, home);
    }

    private <T> void addPart(AfterBeanDiscovery event, Class<T> type) {
        add(event, type, () -> Lazy.of(type, null, runtime));
    }

    private static <T> void add(AfterBeanDiscovery event, Class<T> type, Supplier<T> instance) {
        event.<T>addBean()
                .id("io.goose:" + type.getName())
                .types(type, Object.class)
                .qualifiers(Default.Literal.INSTANCE, Any.Literal.INSTANCE)
                .scope(Dependent.class)
                .createWith(context -> instance.get());
    }

    private <T> void addNamed(AfterBeanDiscovery event, Class<T> type) {
        event.<T>addBean()
                .id("io.goose:" + type.getName() + ":named")
                .types(type, Object.class)
                .qualifiers(GooseBroker.Literal.of(""), Any.Literal.INSTANCE)
                .scope(Dependent.class)
                .createWith(context -> Lazy.of(type, broker(context), runtime));
    }

    private String broker(CreationalContext<?> context) {
        InjectionPoint wanted = (InjectionPoint) beans.getInjectableReference(new PointOfInjection(), context);
        for (Annotation qualifier : wanted.getQualifiers()) {
            if (qualifier instanceof GooseBroker broker) {
                return broker.value();
            }
        }
        throw new IllegalStateException("no @GooseBroker at " + wanted);
    }
}
