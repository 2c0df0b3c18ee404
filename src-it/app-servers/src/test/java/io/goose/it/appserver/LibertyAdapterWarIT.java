package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyAdapterWarIT extends AdapterContract {

    LibertyAdapterWarIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.WAR);
    }
}
