package io.goose.cdi;

import io.goose.health.HealthChecks;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import java.lang.annotation.Annotation;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;
import org.jspecify.annotations.Nullable;

/** The beans of MicroProfile Health, where the server has it. */
final class HealthBeans {

    private static final String API = "org.eclipse.microprofile.health.HealthCheck";

    private HealthBeans() {}

    /**
     * @param home a class of the application's beans; null if none is known
     */
    static void addTo(AfterBeanDiscovery event, GooseRuntime runtime, @Nullable Class<?> home) {
        if (Optionals.isThere(API)) {
            Present.addTo(event, runtime, home);
        }
    }

    /** Apart, so that the classes of the API are looked for only where they are. */
    private static final class Present {

        static void addTo(AfterBeanDiscovery event, GooseRuntime runtime, @Nullable Class<?> home) {
            add(event, home, Liveness.Literal.INSTANCE, HealthChecks.liveness(runtime::health));
            add(
                    event,
                    home,
                    Readiness.Literal.INSTANCE,
                    HealthChecks.readiness(runtime::health, runtime::readinessBroker));
            add(event, home, Startup.Literal.INSTANCE, HealthChecks.startup(runtime::health));
        }

        // WildFly 39: its health extension may see the archives that have beans by discovery only, and ours has none.
        // So these
        // checks count as the application's own.
        private static void add(AfterBeanDiscovery event, @Nullable Class<?> home, Annotation kind, HealthCheck check) {
            event.<HealthCheck>addBean()
                    .beanClass(home == null ? HealthBeans.class : home)
                    .id("io.goose:health:" + kind.annotationType().getName())
                    .types(HealthCheck.class, Object.class)
                    .qualifiers(kind, Any.Literal.INSTANCE)
                    .scope(ApplicationScoped.class)
                    .createWith(context -> check);
        }
    }
}
