package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("jdk25")
@Tag("matrix")
final class LibertyJdk25WarIT extends AppServerContract implements VirtualThreadTests, NeighbourTests {

    LibertyJdk25WarIT() {
        super(AppServer.Kind.LIBERTY_EE11, Layout.WAR, jdk25());
    }
}
