package io.goose.cdi;

import io.goose.health.HealthChecks;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.PassivationCapable;
import java.lang.annotation.Annotation;
import java.util.Set;
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
            Present.addTo(event, runtime, home == null ? GooseExtension.class : home);
        }
    }

    /** Apart, so that the classes of the API are looked for only where they are. */
    private static final class Present {

        static void addTo(AfterBeanDiscovery event, GooseRuntime runtime, Class<?> home) {
            event.addBean(new Check(home, Liveness.Literal.INSTANCE, HealthChecks.liveness(runtime::health)));
            event.addBean(new Check(
                    home,
                    Readiness.Literal.INSTANCE,
                    HealthChecks.readiness(runtime::health, runtime::readinessBroker)));
            event.addBean(new Check(home, Startup.Literal.INSTANCE, HealthChecks.startup(runtime::health)));
        }
    }

    /**
     * A check. WildFly 39 looks for checks in the archives that have beans by discovery, of which ours is none, so it has to be
     * one of the application's own. A bean of its own making instead of a configured one: Weld puts a configured bean into the
     * archive of the extension that adds it, whatever its class, and a bean into the archive of its class.
     */
    private static final class Check extends OwnBean<HealthCheck> implements PassivationCapable {

        private final Annotation kind;

        private Check(Class<?> home, Annotation kind, HealthCheck check) {
            super(home, HealthCheck.class, check);
            this.kind = kind;
        }

        @Override
        public String getId() {
            return "io.goose:health:" + kind.annotationType().getName();
        }

        @Override
        public Set<Annotation> getQualifiers() {
            return Set.of(kind, Any.Literal.INSTANCE);
        }
    }
}
