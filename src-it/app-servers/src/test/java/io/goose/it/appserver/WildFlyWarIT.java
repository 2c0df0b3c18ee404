package io.goose.it.appserver;

final class WildFlyWarIT extends AppServerContract implements SuspendTests, NeighbourTests {

    WildFlyWarIT() {
        super(AppServer.Kind.WILDFLY, Layout.WAR, ownJdk());
    }
}
