package io.goose.it.appserver;

/** Open Liberty without MicroProfile Metrics, Telemetry and Health. */
final class LibertyUnmonitoredIT extends UnmonitoredContract {

    LibertyUnmonitoredIT() {
        super(AppServer.Kind.LIBERTY_BARE);
    }
}
