package io.goose.it.appserver;

final class LibertyCrashIT extends KilledServerContract {

    LibertyCrashIT() {
        super(AppServer.Kind.LIBERTY_EE10);
    }
}
