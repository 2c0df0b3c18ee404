package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("jdk25")
@Tag("matrix")
final class LibertyEe10Jdk25WarIT extends AppServerContract implements NeighbourTests {

    LibertyEe10Jdk25WarIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.WAR, jdk25());
    }
}
