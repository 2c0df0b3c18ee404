package io.goose.it.appserver;

final class WildFlyAdapterWarIT extends AdapterContract {

    WildFlyAdapterWarIT() {
        super(AppServer.Kind.WILDFLY, Layout.WAR);
    }
}
