package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("jdk25")
@Tag("matrix")
final class LibertyEe10Jdk25EarLibIT extends AppServerContract implements NeighbourTests.InTheMatrix {

    LibertyEe10Jdk25EarLibIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.EAR_LIB, jdk25());
    }
}
