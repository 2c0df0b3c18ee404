package io.goose.it.appserver;

final class WildFlyCrashIT extends CrashContract {

    WildFlyCrashIT() {
        super(AppServer.Kind.WILDFLY);
    }
}
