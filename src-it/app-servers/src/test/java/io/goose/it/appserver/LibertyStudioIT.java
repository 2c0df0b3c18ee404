package io.goose.it.appserver;

import org.junit.jupiter.api.Tag;

@Tag("matrix")
final class LibertyStudioIT extends StudioOnRabbitContract {

    LibertyStudioIT() {
        super("liberty", "liberty/wlp");
    }
}
