package io.goose.it.appserver;

final class WildFlyAdapterEarIT extends AdapterEarContract {

    WildFlyAdapterEarIT() {
        super(AppServer.Kind.WILDFLY);
    }
}
