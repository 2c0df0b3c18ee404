package io.goose.it.appserver;

/** Open Liberty with MicroProfile Health and Telemetry. */
final class LibertyWatchIT extends WatchContract {

    LibertyWatchIT() {
        super(AppServer.Kind.LIBERTY_TELEMETRY);
    }
}
