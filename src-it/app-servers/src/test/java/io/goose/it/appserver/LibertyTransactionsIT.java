package io.goose.it.appserver;

final class LibertyTransactionsIT extends TransactionContract {

    LibertyTransactionsIT() {
        super(AppServer.Kind.LIBERTY_EE10);
    }
}
