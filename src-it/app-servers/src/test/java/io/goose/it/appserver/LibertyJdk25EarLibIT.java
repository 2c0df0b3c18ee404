package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("jdk25")
@Tag("matrix")
final class LibertyJdk25EarLibIT extends AppServerContract implements VirtualThreadTests, NeighbourTests.InTheMatrix {

    LibertyJdk25EarLibIT() {
        super(AppServer.Kind.LIBERTY_EE11, Layout.EAR_LIB, jdk25());
    }
}
