package io.goose.it.appserver;

final class WildFlyTransactionsIT extends TransactionContract {

    WildFlyTransactionsIT() {
        super(AppServer.Kind.WILDFLY);
    }
}
