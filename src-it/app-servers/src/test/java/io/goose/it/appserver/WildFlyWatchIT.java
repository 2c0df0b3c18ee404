package io.goose.it.appserver;

/** WildFly with health and OpenTelemetry. */
final class WildFlyWatchIT extends WatchContract {

    WildFlyWatchIT() {
        super(AppServer.Kind.WILDFLY_TELEMETRY);
    }
}
