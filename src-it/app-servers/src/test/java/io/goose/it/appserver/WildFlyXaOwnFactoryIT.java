package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

/** By a connection factory of the server's own, beside that of the archive. */
@Tag("matrix")
final class WildFlyXaOwnFactoryIT extends XaOutboundContract {

    WildFlyXaOwnFactoryIT() {
        super(AppServer.Kind.WILDFLY, "eis/own");
    }
}
