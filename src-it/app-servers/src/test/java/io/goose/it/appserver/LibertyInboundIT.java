package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyInboundIT extends InboundContract {

    LibertyInboundIT() {
        super(AppServer.Kind.LIBERTY_EE10);
    }
}
