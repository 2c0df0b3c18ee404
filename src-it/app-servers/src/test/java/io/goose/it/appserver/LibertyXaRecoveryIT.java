package io.goose.it.appserver;

final class LibertyXaRecoveryIT extends XaRecoveryBench {

    LibertyXaRecoveryIT() {
        super(AppServer.Kind.LIBERTY_EE10);
    }
}
