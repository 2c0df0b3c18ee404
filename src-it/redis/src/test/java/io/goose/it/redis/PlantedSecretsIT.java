package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.Sensitive;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What no line of any logger has, at any level and throwables included, whatever goes wrong. */
final class PlantedSecretsIT extends FaultTest {

    private static final String PASSWORD = "plantedpassword7351";
    private static final String WRONG = "plantedmistake7351";
    private static final String ADDRESS = "planted-argument";
    private static final String CARD = "planted-card";
    private static final String PROOF = "planted-proof";

    static final class Till {
        final AtomicInteger runs = new AtomicInteger();

        @Job(queue = QUEUE, maxRetries = 1, retryDelay = "fixed:PT0.05S")
        public void charge(String address, @Sensitive String card) {
            runs.incrementAndGet();
            throw new IllegalStateException(
                    "not paid", new IllegalArgumentException(card + " of <" + address + "> is refused"));
        }
    }

    @Test
    void noLine_hasAPasswordOrAnArgument_afterFailures_deaths_anOutage_andAWrongPassword() throws Exception {
        RedisServer server = later(Redis.any().server().password(PASSWORD).start());
        Till till = new Till();
        try (Everything log = new Everything()) {
            Goose goose = later(goose(server, PASSWORD, till).start());
            goose.client().performAsync(Till::charge, ADDRESS, CARD);
            eventually("it has died", () -> log.has("GOOSE-4105"));
            server.kill();
            eventually("the outage is said", () -> log.has("GOOSE-4001"));
            server.start();
            eventually("its end is said", () -> log.has("works again after"));
            Goose refused = later(goose(server, WRONG, till).start());
            eventually("the wrong password is said", () -> log.has("WRONGPASS"));
            refused.close();
            goose.close();

            Logger.getLogger("planted").fine(PROOF);
            assertThat(log.lines()).anyMatch(line -> line.contains(PROOF)); // what is looked for would be found
            assertThat(log.lines()).anyMatch(line -> line.contains("*** of <***> is refused"));
            assertThat(till.runs).hasValue(2);
            Stream.of(PASSWORD, WRONG, ADDRESS, CARD)
                    .forEach(secret -> assertThat(log.lines()).noneMatch(line -> line.contains(secret)));
        }
    }

    private static Goose goose(RedisServer server, String password, Till till) {
        return Goose.builder()
                .config("goose.broker.main.url", "redis://" + server.host() + ":" + server.port())
                .config("goose.broker.main.password", password)
                .config("goose.worker.queues", QUEUE)
                .register(till)
                .build();
    }

    /** Every line that is logged, down to the finest. */
    private static final class Everything extends Handler implements AutoCloseable {

        private final Logger root = Logger.getLogger("");
        private final Level before = root.getLevel();
        private final SimpleFormatter formatter = new SimpleFormatter();
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Everything() {
            root.setLevel(Level.ALL); // the console's handler goes on showing what it did
            root.addHandler(this);
        }

        List<String> lines() {
            return lines;
        }

        boolean has(String text) {
            return lines.stream().anyMatch(line -> line.contains(text));
        }

        @Override
        public void publish(LogRecord record) {
            lines.add(formatter.format(record));
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            root.removeHandler(this);
            root.setLevel(before);
        }
    }
}
