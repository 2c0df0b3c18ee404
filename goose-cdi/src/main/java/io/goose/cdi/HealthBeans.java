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

/** The beans of MicroProfile Health, where the server has it. */
final class HealthBeans {

    private static final String API = "org.eclipse.microprofile.health.HealthCheck";

    private HealthBeans() {}

    static void addTo(AfterBeanDiscovery event, GooseRuntime runtime) {
        if (Optionals.isThere(API)) {
            Present.addTo(event, runtime);
        }
    }

    /** Apart, so that the classes of the API are looked for only where they are. */
    private static final class Present {

        static void addTo(AfterBeanDiscovery event, GooseRuntime runtime) {
            add(event, Liveness.Literal.INSTANCE, HealthChecks.liveness(runtime::health));
            add(event, Readiness.Literal.INSTANCE, HealthChecks.readiness(runtime::health, runtime::readinessBroker));
            add(event, Startup.Literal.INSTANCE, HealthChecks.startup(runtime::health));
        }

        private static void add(AfterBeanDiscovery event, Annotation kind, HealthCheck check) {
            event.<HealthCheck>addBean()
                    .id("io.goose:health:" + kind.annotationType().getName())
                    .types(HealthCheck.class, Object.class)
                    .qualifiers(kind, Any.Literal.INSTANCE)
                    .scope(ApplicationScoped.class)
                    .createWith(context -> check);
        }
    }
}
