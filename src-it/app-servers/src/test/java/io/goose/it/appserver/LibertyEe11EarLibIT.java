package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyEe11EarLibIT extends AppServerContract implements NeighbourTests.InTheMatrix {

    LibertyEe11EarLibIT() {
        super(AppServer.Kind.LIBERTY_EE11, Layout.EAR_LIB, ownJdk());
    }
}
