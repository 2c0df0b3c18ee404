package io.goose.broker.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the memory broker has beyond the contract of all brokers. */
final class MemoryBrokerTest {

    private static final SessionSpec SPEC =
            new SessionSpec(List.of("mail"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "host");

    private final ManualClock clock = new ManualClock();

    @Test
    void theServiceLoaderFindsItsFactory() {
        BrokerFactory factory = factory();

        assertThat(factory).isInstanceOf(MemoryBrokerFactory.class);
        assertThat(factory.schemes()).isEmpty();
    }

    @Test
    void theFactoryMakesBrokersWithStoragesOfTheirOwn() {
        BrokerSettings settings = settings(Map.of());
        try (Broker one = factory().create(settings, (name, body) -> new Thread(body));
                Broker other = factory().create(settings, (name, body) -> new Thread(body))) {
            one.send(List.of(TestJobs.job("mail"))).toCompletableFuture().join();

            assertThat(one.stats("mail").waiting()).isEqualTo(1);
            assertThat(other.stats("mail").waiting()).isZero();
            assertThat(one.describe()).contains("reports");
        }
    }

    @Test
    void aJobThatCameAfterItsQueueWasFoundEmptyEndsTheWaitWhateverWasAskedMeanwhile() throws Exception {
        SessionSpec two = new SessionSpec(
                List.of("a", "b"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "host");
        try (MemoryBroker broker = MemoryBroker.withClock(clock);
                Session session = broker.open(two)) {
            assertThat(session.lease("a", 1, 1).leases()).isEmpty();
            broker.send(List.of(TestJobs.job("a"))).toCompletableFuture().join();
            assertThat(session.lease("b", 1, 1).leases()).isEmpty();

            long begun = System.nanoTime();
            session.await(Duration.ofMinutes(5));
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("of a wait of 5 min")
                    .isLessThan(Duration.ofMinutes(1));
            assertThat(session.lease("a", 1, 1).leases()).hasSize(1);
        }
    }

    @Test
    void aUrlForTheMemoryBrokerIsAContradiction() {
        assertThat(factory().problems(settings(Map.of("kind", "memory")))).isEmpty();
        assertThat(factory().problems(settings(Map.of("kind", "memory", "url", "redis://localhost"))))
                .singleElement()
                .asString()
                .startsWith("GOOSE-3005: goose.broker.reports.url")
                .contains("remove one");
    }

    @Test
    void anotherConnectionSharesTheStorageAndOutlivesTheFirst() {
        MemoryBroker first = MemoryBroker.withClock(clock);
        QueuedJob job = TestJobs.job("mail");
        first.send(List.of(job)).toCompletableFuture().join();
        MemoryBroker second = first.connect();

        first.close();

        assertThat(second.find("mail", job.id())).isPresent();
        assertThatThrownBy(() -> first.find("mail", job.id()))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageStartingWith("GOOSE-3004");
        assertThatThrownBy(first::check).isInstanceOf(BrokerUnavailableException.class);
        assertThatThrownBy(() -> first.open(SPEC)).isInstanceOf(BrokerUnavailableException.class);
    }

    @Test
    void aSessionOfAClosedConnectionIsRefused() {
        MemoryBroker broker = MemoryBroker.withClock(clock);
        Session session = broker.open(SPEC);
        broker.close();

        assertThatThrownBy(() -> session.lease("mail", 1, 1)).isInstanceOf(BrokerUnavailableException.class);
        assertThatThrownBy(session::renew).isInstanceOf(BrokerUnavailableException.class);
        session.close();
    }

    @Test
    void aClockMovedByHandEndsTheWaitForADueJob() {
        try (MemoryBroker broker = MemoryBroker.withClock(clock)) {
            Session session = broker.open(SPEC);
            QueuedJob job = TestJobs.at(TestJobs.job("mail"), clock.instant().plusSeconds(3600));
            broker.send(List.of(job)).toCompletableFuture().join();
            assertThat(session.lease("mail", 1, 1).leases()).isEmpty();
            CompletableFuture<Boolean> waited = new CompletableFuture<>();
            Thread waiter = new Thread(() -> {
                try {
                    session.await(Duration.ofHours(1));
                    waited.complete(true);
                } catch (InterruptedException interrupted) {
                    waited.completeExceptionally(interrupted);
                }
            });
            waiter.setDaemon(true);
            waiter.start();

            clock.advance(Duration.ofSeconds(3601));
            broker.clockMoved();

            assertThat(waited.orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
            assertThat(session.lease("mail", 1, 1).leases()).hasSize(1);
        }
    }

    @Test
    void aQueueNameThatIsNoneIsRejected() {
        try (MemoryBroker broker = MemoryBroker.withClock(clock)) {
            SendResult result = broker.send(List.of(TestJobs.job("a b")))
                    .toCompletableFuture()
                    .join()
                    .get(0);

            assertThat(result)
                    .isInstanceOfSatisfying(SendResult.Rejected.class, rejected -> assertThat(rejected.message())
                            .startsWith("GOOSE-3001: cannot enqueue job"));
        }
    }

    @Test
    void moreJobsThanASendMayHaveAreRefused() {
        try (MemoryBroker broker = MemoryBroker.withClock(clock)) {
            assertThatThrownBy(() -> broker.send(TestJobs.jobs("mail", 501)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static BrokerFactory factory() {
        return ServiceLoader.load(BrokerFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.kind().equals("memory"))
                .findFirst()
                .orElseThrow();
    }

    private static BrokerSettings settings(Map<String, String> properties) {
        return new BrokerSettings(
                "reports", "goose", properties, Duration.ofHours(1), new DeadRetention(10, Duration.ofDays(1)));
    }
}
