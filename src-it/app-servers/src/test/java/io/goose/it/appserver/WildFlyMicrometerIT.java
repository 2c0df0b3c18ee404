package io.goose.it.appserver;

/** WildFly with Micrometer and its registry for Prometheus. */
final class WildFlyMicrometerIT extends PrometheusMetricsContract {

    WildFlyMicrometerIT() {
        super(AppServer.Kind.WILDFLY_MICROMETER);
    }
}
