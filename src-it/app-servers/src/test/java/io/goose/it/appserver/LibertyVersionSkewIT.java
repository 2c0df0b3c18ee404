package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyVersionSkewIT extends VersionSkewContract {

    LibertyVersionSkewIT() {
        super(AppServer.Kind.LIBERTY_EE10);
    }
}
