package io.goose.it.appserver;

/** Open Liberty with MicroProfile Metrics. */
final class LibertyMetricsIT extends PrometheusMetricsContract {

    LibertyMetricsIT() {
        super(AppServer.Kind.LIBERTY_METRICS);
    }
}
