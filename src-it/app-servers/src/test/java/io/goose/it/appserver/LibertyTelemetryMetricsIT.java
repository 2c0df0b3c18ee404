package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

/** Open Liberty with MicroProfile Telemetry. */
@Tag("matrix")
final class LibertyTelemetryMetricsIT extends OtlpMetricsContract {

    LibertyTelemetryMetricsIT() {
        super(AppServer.Kind.LIBERTY_TELEMETRY);
    }
}
