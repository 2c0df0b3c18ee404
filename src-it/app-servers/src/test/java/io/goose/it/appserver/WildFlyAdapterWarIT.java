package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class WildFlyAdapterWarIT extends AdapterContract {

    WildFlyAdapterWarIT() {
        super(AppServer.Kind.WILDFLY, Layout.WAR);
    }
}
