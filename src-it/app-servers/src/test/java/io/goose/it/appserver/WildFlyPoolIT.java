package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class WildFlyPoolIT extends PoolContract {

    WildFlyPoolIT() {
        super(AppServer.Kind.WILDFLY, "IJ000655");
    }
}
