package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class WildFlyInboundIT extends InboundContract {

    WildFlyInboundIT() {
        super(AppServer.Kind.WILDFLY);
    }
}
