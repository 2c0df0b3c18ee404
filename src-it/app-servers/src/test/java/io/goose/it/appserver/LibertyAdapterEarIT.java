package io.goose.it.appserver;

final class LibertyAdapterEarIT extends AdapterEarContract {

    LibertyAdapterEarIT() {
        super(AppServer.Kind.LIBERTY_EE11);
    }
}
