package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

/** Open Liberty with MicroProfile Health and Telemetry. */
@Tag("matrix")
final class LibertyWatchIT extends WatchContract implements HealthTests {

    LibertyWatchIT() {
        super(AppServer.Kind.LIBERTY_TELEMETRY);
    }
}
