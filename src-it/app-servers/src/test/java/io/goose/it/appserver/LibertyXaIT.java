package io.goose.it.appserver;

import io.goose.it.appserver.AppServer.Adapter;

final class LibertyXaIT extends XaOutboundContract {

    LibertyXaIT() {
        super(AppServer.Kind.LIBERTY_EE10, Adapter.OF_THE_ARCHIVE);
    }
}
