package io.goose.it.appserver;

final class WildFlyXaInboundIT extends XaInboundContract {

    WildFlyXaInboundIT() {
        super(AppServer.Kind.WILDFLY);
    }
}
