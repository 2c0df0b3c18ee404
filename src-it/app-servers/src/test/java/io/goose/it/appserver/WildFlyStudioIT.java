package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class WildFlyStudioIT extends StudioOnRabbitContract {

    WildFlyStudioIT() {
        super("wildfly", "wildfly");
    }
}
