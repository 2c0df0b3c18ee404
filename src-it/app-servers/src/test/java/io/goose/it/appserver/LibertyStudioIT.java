package io.goose.it.appserver;

final class LibertyStudioIT extends StudioOnRabbitContract {

    LibertyStudioIT() {
        super("liberty", "liberty/wlp");
    }
}
