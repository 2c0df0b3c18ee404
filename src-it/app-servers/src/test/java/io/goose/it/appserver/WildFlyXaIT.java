package io.goose.it.appserver;

import io.goose.it.appserver.AppServer.Adapter;

final class WildFlyXaIT extends XaOutboundContract {

    WildFlyXaIT() {
        super(AppServer.Kind.WILDFLY, Adapter.OF_THE_ARCHIVE);
    }
}
