package io.goose.cdi;

import io.goose.tracing.Tracing;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Typed;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;

/** The middleware that traces, where OpenTelemetry is there. */
final class TracingBeans {

    private static final String API = "io.opentelemetry.api.OpenTelemetry";

    private static final String TYPE = "io.goose.tracing.Tracing"; // by name: it may not load

    private TracingBeans() {}

    static boolean isOne(Bean<?> bean) {
        return bean.getBeanClass().getName().equals(TYPE);
    }

    static void addTo(BeforeBeanDiscovery event) {
        if (Optionals.isThere(API)) {
            Present.addTo(event);
        }
    }

    /** Apart, so that the classes of the API are looked for only where they are. */
    private static final class Present {

        static void addTo(BeforeBeanDiscovery event) {
            // Not a Middleware to others: who injects or decorates those means the application's own.
            event.addAnnotatedType(Tracing.class, "io.goose:" + Tracing.class.getName())
                    .add(Typed.Literal.of(new Class<?>[] {Tracing.class}))
                    .add(ApplicationScoped.Literal.INSTANCE);
        }
    }
}
