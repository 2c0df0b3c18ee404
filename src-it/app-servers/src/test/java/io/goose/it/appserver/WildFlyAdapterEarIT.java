package io.goose.it.appserver;

final class WildFlyAdapterEarIT extends AdapterContract {

    WildFlyAdapterEarIT() {
        super(AppServer.Kind.WILDFLY, Layout.EAR_WITH_ADAPTER);
    }
}
