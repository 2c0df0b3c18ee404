package io.goose.it.rabbitmq;

import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import io.goose.tck.PlantedSecretsContract;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Secrets and what is logged of RabbitMQ, whose password is in its address here. */
final class RabbitSecretsIT extends PlantedSecretsContract {

    private static final String USER = "planted";

    private final RabbitCluster rabbit = RabbitMq.start();

    @BeforeEach
    void createUser() {
        rabbit.node().control("add_user", USER, PASSWORD);
        rabbit.node().control("set_permissions", USER, ".*", ".*", ".*");
    }

    @AfterEach
    void endServer() {
        rabbit.close();
    }

    @Override
    protected GooseBuilder goose(String password) {
        return Goose.builder()
                .config(
                        "goose.broker.main.url",
                        "amqp://" + USER + ":" + URLEncoder.encode(password, StandardCharsets.UTF_8) + "@"
                                + rabbit.node().host() + ":" + rabbit.node().port());
    }

    @Override
    protected void kill() {
        rabbit.node().kill();
    }

    @Override
    protected void start() {
        rabbit.node().start();
    }

    @Override
    protected String refusal() {
        return "GOOSE-3083";
    }
}
