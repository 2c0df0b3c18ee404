package io.goose.it.appserver;

final class LibertyXaInboundIT extends XaInboundContract {

    LibertyXaInboundIT() {
        super(AppServer.Kind.LIBERTY_EE10);
    }
}
