package io.goose.it.appserver;

final class WildFlyXaRecoveryIT extends XaRecoveryBench {

    WildFlyXaRecoveryIT() {
        super(AppServer.Kind.WILDFLY);
    }
}
