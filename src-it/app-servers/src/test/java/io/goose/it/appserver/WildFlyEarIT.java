package io.goose.it.appserver;

final class WildFlyEarIT extends AppServerContract implements SuspendTests {

    WildFlyEarIT() {
        super(AppServer.Kind.WILDFLY, Layout.EAR, ownJdk());
    }
}
