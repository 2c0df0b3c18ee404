package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

/** In {@code verify} where no JDK 25 is found, with which the same layout is proved otherwise. */
@Tag("without-jdk25")
final class LibertyEarIT extends AppServerContract implements NeighbourTests.InTheMatrix {

    LibertyEarIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.EAR, ownJdk());
    }
}
