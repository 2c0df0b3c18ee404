package io.goose.it.appserver;

final class WildFlyCrashIT extends KilledServerContract {

    WildFlyCrashIT() {
        super(AppServer.Kind.WILDFLY);
    }
}
