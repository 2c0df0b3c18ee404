package io.goose.it.appserver;

/** Open Liberty with MicroProfile Health and Telemetry. */
final class LibertyWatchIT extends WatchContract implements HealthTests {

    LibertyWatchIT() {
        super(AppServer.Kind.LIBERTY_TELEMETRY);
    }
}
