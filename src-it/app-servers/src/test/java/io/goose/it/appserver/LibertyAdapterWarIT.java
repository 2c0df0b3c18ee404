package io.goose.it.appserver;

final class LibertyAdapterWarIT extends AdapterContract {

    LibertyAdapterWarIT() {
        super(AppServer.Kind.LIBERTY_EE10, Layout.WAR);
    }
}
