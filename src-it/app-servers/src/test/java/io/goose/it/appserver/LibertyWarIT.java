package io.goose.it.appserver;

final class LibertyWarIT extends AppServerContract implements NeighbourTests {

    LibertyWarIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.WAR, ownJdk());
    }
}
