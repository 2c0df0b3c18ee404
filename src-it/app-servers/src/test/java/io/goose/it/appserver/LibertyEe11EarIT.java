package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyEe11EarIT extends AppServerContract implements NeighbourTests.InTheMatrix {

    LibertyEe11EarIT() {
        super(AppServer.Kind.LIBERTY_EE11, Layout.EAR, ownJdk());
    }
}
