package io.goose.it.appserver;

/** WildFly with OpenTelemetry. */
final class WildFlyWatchIT extends WatchContract {

    WildFlyWatchIT() {
        super(AppServer.Kind.WILDFLY_TELEMETRY);
    }
}
