package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyPoolIT extends PoolContract {

    LibertyPoolIT() {
        super(AppServer.Kind.LIBERTY_METRICS, "J2CA0045E");
    }
}
