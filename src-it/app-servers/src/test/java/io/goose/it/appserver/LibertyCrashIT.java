package io.goose.it.appserver;

final class LibertyCrashIT extends CrashContract {

    LibertyCrashIT() {
        super(AppServer.Kind.LIBERTY_EE10);
    }
}
