package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyEe11WarIT extends AppServerContract implements NeighbourTests {

    LibertyEe11WarIT() {
        super(AppServer.Kind.LIBERTY_EE11, Layout.WAR, ownJdk());
    }
}
