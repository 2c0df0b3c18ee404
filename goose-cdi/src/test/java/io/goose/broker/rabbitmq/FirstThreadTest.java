package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.SendResult;
import io.goose.spi.WorkerThreads;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Managed threads that are started and do not begin, as on Open Liberty until the application is initialized. */
@Timeout(180)
class FirstThreadTest {

    private final CountDownLatch initialized = new CountDownLatch(1);
    private final AtomicInteger made = new AtomicInteger();
    private final WorkerThreads threads = (name, body) -> {
        made.incrementAndGet();
        Thread thread = new Thread(
                () -> {
                    try {
                        initialized.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    body.run();
                },
                name);
        thread.setDaemon(true);
        return thread;
    };

    @AfterEach
    void letThemGo() {
        initialized.countDown();
    }

    @Test
    void whileNoThreadRuns_itIsSaid_andOneThreadIsEnoughToKnow() {
        FirstThread first = new FirstThread(threads, "first", Duration.ofMillis(20));

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> first.mustRun("amqp://here"))
                    .isInstanceOf(BrokerUnavailableException.class)
                    .hasMessageStartingWith("GOOSE-3097: cannot connect to amqp://here, ")
                    .hasMessageContaining("ManagedExecutorService");
        }
        assertThat(made).hasValue(1);
    }

    @Test
    void whenThreadsRun_allGoOn() {
        FirstThread first = new FirstThread(threads, "first", Duration.ofSeconds(50));
        initialized.countDown();

        first.mustRun("amqp://here");
        first.mustRun("amqp://here");

        assertThat(made).hasValue(1);
    }

    @Test
    void whoEnqueuesMeanwhile_isToldThatNothingWasSent() throws Exception {
        BrokerSettings settings = new BrokerSettings(
                "main",
                "goose",
                Map.of("url", "amqp://127.0.0.1:1", "connect-timeout", "PT0.05S", "send-timeout", "PT120S"),
                Duration.ofHours(1),
                new DeadRetention(10, Duration.ofDays(1)));
        try (Broker broker = new RabbitMqBrokerFactory().create(settings, threads)) {
            List<QueuedJob> jobs = TestJobs.jobs("early", 3);

            List<SendResult> results =
                    broker.send(jobs).toCompletableFuture().get(60, TimeUnit.SECONDS); // not after all of send-timeout

            assertThat(results).hasSize(3).allSatisfy(result -> assertThat(result)
                    .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
                        assertThat(unknown.sent()).isFalse();
                        assertThat(unknown.cause()).hasMessageStartingWith("GOOSE-3097: ");
                    }));
        }
    }
}
