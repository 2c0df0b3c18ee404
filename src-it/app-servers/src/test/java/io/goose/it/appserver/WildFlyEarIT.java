package io.goose.it.appserver;

final class WildFlyEarIT extends AppServerContract implements SuspendTests.InTheMatrix, NeighbourTests.InTheMatrix {

    WildFlyEarIT() {
        super(AppServer.Kind.WILDFLY, Layout.EAR, ownJdk());
    }
}
