package io.goose.it.appserver;

final class LibertyAdapterEarIT extends AdapterContract {

    LibertyAdapterEarIT() {
        super(AppServer.Kind.LIBERTY_EE11, Layout.EAR_WITH_ADAPTER);
    }
}
