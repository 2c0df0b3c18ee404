package io.goose.it.appserver;

final class WildFlyEarLibIT extends AppServerContract implements SuspendTests.InTheMatrix, NeighbourTests.InTheMatrix {

    WildFlyEarLibIT() {
        super(AppServer.Kind.WILDFLY, Layout.EAR_LIB, ownJdk());
    }
}
