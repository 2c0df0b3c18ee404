package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Job;
import io.goose.Sensitive;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What no line of any logger has, throwables included, whatever goes wrong with a server of the test's own that wants a password. */
@Timeout(300)
public abstract class PlantedSecretsContract {

    /** The password that the server takes. */
    protected static final String PASSWORD = "plantedpassword7351";

    private static final String WRONG = "plantedmistake7351";
    private static final String ADDRESS = "planted-argument";
    private static final String CARD = "planted-card";
    private static final String PROOF = "planted-proof";
    private static final String QUEUE = "planted";
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /** A job that quotes its arguments when it fails. */
    public static final class Till {
        private final AtomicInteger runs = new AtomicInteger();

        /** Fails. */
        @Job(queue = QUEUE, maxRetries = 1, retryDelay = "fixed:PT0.05S")
        public void charge(String address, @Sensitive String card) {
            runs.incrementAndGet();
            throw new IllegalStateException(
                    "not paid", new IllegalArgumentException(card + " of <" + address + "> is refused"));
        }
    }

    /** What is made of the server with this password, right or wrong. */
    protected abstract GooseBuilder goose(String password) throws Exception;

    /** Ends the server as a crash does. */
    protected abstract void kill();

    /** Starts it again. */
    protected abstract void start();

    /** What is said in the log of a password that it does not take. */
    protected abstract String refusal();

    /** The loggers of drivers that tell secrets at levels at which nobody runs them: of those only what they say at INFO counts. */
    protected List<String> tellTales() {
        return List.of();
    }

    @Test
    void noLine_hasAPasswordOrAnArgument_afterFailures_deaths_anOutage_andAWrongPassword() throws Exception {
        Till till = new Till();
        try (Everything log = new Everything(tellTales())) {
            try (Goose goose = started(PASSWORD, till)) {
                goose.client().performAsync(Till::charge, ADDRESS, CARD);
                until("it has died", () -> log.has("GOOSE-4105"));
                kill();
                until("the outage is said", () -> log.has("GOOSE-4001"));
                start();
                until("its end is said", () -> log.has("works again after"));
                try (Goose refused = started(WRONG, till)) {
                    until("the wrong password is said", () -> log.has(refusal()));
                }
            }
            Logger.getLogger("planted").fine(PROOF);
            assertThat(log.lines()).anyMatch(line -> line.contains(PROOF)); // what is looked for would be found
            assertThat(log.lines()).anyMatch(line -> line.contains("*** of <***> is refused"));
            // a server that is killed may not have kept the last end
            assertThat(till.runs).hasValueGreaterThanOrEqualTo(2);
            Stream.of(PASSWORD, WRONG, ADDRESS, CARD)
                    .forEach(secret -> assertThat(log.lines().stream().filter(line -> line.contains(secret)))
                            .isEmpty());
        }
    }

    private Goose started(String password, Till till) throws Exception {
        return goose(password)
                .config("goose.worker.queues", QUEUE)
                .register(till)
                .build()
                .start();
    }

    private static void until(String what, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).as(what).isLessThan(PATIENCE.toNanos());
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Every line that is logged, down to the finest. */
    private static final class Everything extends Handler implements AutoCloseable {

        private final Logger root = Logger.getLogger("");
        private final Level before = root.getLevel();
        private final List<Logger> quiet; // kept, or their levels are forgotten
        private final SimpleFormatter formatter = new SimpleFormatter();
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Everything(List<String> tellTales) {
            quiet = tellTales.stream().map(Logger::getLogger).toList();
            quiet.forEach(logger -> logger.setLevel(Level.INFO));
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
        public void publish(LogRecord entry) {
            lines.add(formatter.format(entry));
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            root.removeHandler(this);
            root.setLevel(before);
            quiet.forEach(logger -> logger.setLevel(null));
        }
    }
}
