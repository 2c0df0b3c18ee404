package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

/** WildFly with OpenTelemetry. */
@Tag("matrix")
final class WildFlyTelemetryMetricsIT extends OtlpMetricsContract {

    WildFlyTelemetryMetricsIT() {
        super(AppServer.Kind.WILDFLY_TELEMETRY);
    }
}
