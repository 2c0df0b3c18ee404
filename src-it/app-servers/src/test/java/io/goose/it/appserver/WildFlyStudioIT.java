package io.goose.it.appserver;

final class WildFlyStudioIT extends StudioOnRabbitContract {

    WildFlyStudioIT() {
        super("wildfly", "wildfly");
    }
}
