package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyEarLibIT extends AppServerContract implements NeighbourTests.InTheMatrix {

    LibertyEarLibIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.EAR_LIB, ownJdk());
    }
}
