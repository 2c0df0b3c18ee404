package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("jdk25")
final class LibertyJdk25EarIT extends AppServerContract implements VirtualThreadTests, NeighbourTests.InTheMatrix {

    LibertyJdk25EarIT() {
        super(AppServer.Kind.LIBERTY_EE11, Layout.EAR, jdk25());
    }
}
