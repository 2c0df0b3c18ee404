package io.goose.it.appserver;

/** WildFly without Micrometer, OpenTelemetry and MicroProfile Health. */
final class WildFlyUnmonitoredIT extends UnmonitoredContract {

    WildFlyUnmonitoredIT() {
        super(AppServer.Kind.WILDFLY_BARE);
    }
}
