package io.goose.it.redis;

import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import io.goose.tck.PlantedSecretsContract;
import org.junit.jupiter.api.AfterEach;

/** Secrets and what is logged of Redis. */
final class PlantedSecretsIT extends PlantedSecretsContract {

    private final RedisServer server = Redis.any().server().password(PASSWORD).start();

    @AfterEach
    void endServer() {
        server.close();
    }

    @Override
    protected GooseBuilder goose(String password) {
        return Goose.builder()
                .config("goose.broker.main.url", "redis://" + server.host() + ":" + server.port())
                .config("goose.broker.main.password", password);
    }

    @Override
    protected void kill() {
        server.kill();
    }

    @Override
    protected void start() {
        server.start();
    }

    @Override
    protected String refusal() {
        return "WRONGPASS";
    }
}
