package io.goose.it.appserver;

final class LibertyEarIT extends AppServerContract implements NeighbourTests.InTheMatrix {

    LibertyEarIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.EAR, ownJdk());
    }
}
