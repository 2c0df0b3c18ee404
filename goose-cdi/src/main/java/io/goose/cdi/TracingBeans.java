package io.goose.cdi;

import io.goose.tracing.Tracing;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;

/** The middleware that traces, where OpenTelemetry is there. */
final class TracingBeans {

    private static final String API = "io.opentelemetry.api.OpenTelemetry";

    private TracingBeans() {}

    static void addTo(BeforeBeanDiscovery event) {
        if (Optionals.isThere(API)) {
            Present.addTo(event);
        }
    }

    /** Apart, so that the classes of the API are looked for only where they are. */
    private static final class Present {

        static void addTo(BeforeBeanDiscovery event) {
            event.addAnnotatedType(Tracing.class, "io.goose:" + Tracing.class.getName())
                    .add(ApplicationScoped.Literal.INSTANCE);
        }
    }
}
