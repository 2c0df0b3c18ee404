package io.goose.broker.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.UnsupportedCapabilityException;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.CancelListener;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.tck.TestJobs;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.InvalidPropertyException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.naming.NameNotFoundException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the boundary itself does; that brokers work across it is the contracts' to prove. */
final class RemoteBrokerTest {

    private static final String QUEUE = "a";

    private final Broker behind = MemoryBroker.withClock(InstantSource.system());
    private final Across across = new Across(behind);
    private final Broker broker = across.remote();

    @AfterEach
    void close() {
        behind.close();
    }

    private static SessionSpec spec() {
        return new SessionSpec(List.of(QUEUE), 10, 10, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test");
    }

    private List<SendResult> send(QueuedJob... jobs) {
        return broker.send(List.of(jobs)).toCompletableFuture().join();
    }

    @Test
    void aSession_keepsOneConnection_andACallNone() {
        assertThat(send(TestJobs.job(QUEUE))).containsExactly(SendResult.Accepted.INSTANCE);
        assertThat(across.open()).isZero();

        Session session = broker.open(spec());
        assertThat(session.lease(QUEUE, 1, 1 << 20).leases()).hasSize(1);
        assertThat(across.open()).isEqualTo(1);

        session.close();
        session.close();
        assertThat(across.open()).isZero();
    }

    @Test
    void aPoolThatIsUsedUp_meansThatNothingWasSent() {
        across.useUp();

        assertThat(send(TestJobs.job(QUEUE)))
                .singleElement()
                .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
                    assertThat(unknown.sent()).isFalse();
                    assertThat(unknown.cause())
                            .hasMessageContaining("GOOSE-3165")
                            .hasMessageContaining("no managed connections");
                });
        assertThatThrownBy(() -> broker.stats(QUEUE))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("raise that");
    }

    /** The next connection of the pool would be another one, which is locked out of what the first has for itself. */
    @Test
    void whatBelongsToOneConnection_isNotAskedAcross() {
        across.useUp();

        assertThat(broker.leads()).isTrue();
        assertThat(broker.poolUse()).isEmpty();
        assertThat(broker.ledgerLag()).isEmpty();
    }

    @Test
    void aNameWithNothingBehindIt_isNamed() {
        Broker nowhere = RemoteBroker.through(new Door("eis/nowhere"));

        assertThatThrownBy(nowhere::check)
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("GOOSE-3164")
                .hasMessageContaining("eis/nowhere")
                .hasMessageContaining("goose-jca-adapter.rar");
    }

    /** As Open Liberty does where the adapter is in the application's own EAR. */
    @Test
    void aNameThatIsBoundLate_isWaitedForAtTheStart() {
        AtomicInteger lookups = new AtomicInteger();
        Broker late = RemoteBroker.through(new Door(
                "eis/late",
                name -> {
                    if (lookups.incrementAndGet() < 4) {
                        throw new NameNotFoundException("Intermediate context does not exist: " + name);
                    }
                    return across.connections();
                },
                Duration.ofMinutes(1)));

        assertThat(late.capabilities()).isEqualTo(behind.capabilities());
        assertThat(lookups).hasValueGreaterThanOrEqualTo(4);
    }

    @Test
    void aNameThatIsNeverBound_isNotWaitedForForever() {
        Broker nowhere = RemoteBroker.through(new Door(
                "eis/nowhere",
                name -> {
                    throw new NameNotFoundException(name);
                },
                Duration.ofMillis(1)));

        assertThatThrownBy(nowhere::capabilities)
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("GOOSE-3164")
                .hasMessageContaining("eis/nowhere")
                .hasMessageContaining("for PT0.001S");
    }

    /** Nor is it longer than the server lets the start take: its interrupt is left to whoever comes next. */
    @Test
    void aStartThatIsInterrupted_waitsNoLonger() {
        Broker nowhere = RemoteBroker.through(new Door(
                "eis/nowhere",
                name -> {
                    throw new NameNotFoundException(name);
                },
                Duration.ofDays(1)));
        Thread.currentThread().interrupt();

        assertThatThrownBy(nowhere::capabilities).hasMessageContaining("GOOSE-3164");
        assertThat(Thread.interrupted()).isTrue();
    }

    /** The container says that it could not; why, the adapter says deep in the causes. */
    @Test
    void aFactoryThatIsNotSetUp_isRefusedWithWhatTheAdapterSays() {
        ResourceException container = new ResourceException("IJ000453: Unable to get managed connection");
        container.initCause(new InvalidPropertyException("GOOSE-3169: url is not set"));
        across.refuse(container);

        assertThatThrownBy(broker::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageContaining("GOOSE-3165")
                .hasMessageContaining("IJ000453")
                .hasMessageContaining("GOOSE-3169: url is not set")
                .hasMessageNotContaining("pool");
        assertThat(send(TestJobs.job(QUEUE)))
                .singleElement()
                .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
                    assertThat(unknown.sent()).isFalse();
                    assertThat(unknown.cause()).isInstanceOf(BrokerRefusedException.class);
                });
        assertThat(broker.describe()).isEqualTo("resource adapter at (given)");

        across.refuse(new ResourceException("GOOSE-3169: url is not set")); // as Open Liberty says it
        assertThatThrownBy(broker::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageEndingWith("gives no connection (GOOSE-3169: url is not set)");
    }

    @Test
    void aNewerApplication_isToldWhatTheAdapterLacks() {
        across.line(call -> with(call, "call", "teleport/1"));

        assertThatThrownBy(() -> broker.pause(QUEUE))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("GOOSE-3163")
                .hasMessageContaining("teleport/1");
    }

    @Test
    void anotherProtocol_isRefusedByName() {
        across.line(call -> with(call, "v", 2));

        assertThatThrownBy(() -> broker.pause(QUEUE))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("GOOSE-3161")
                .hasMessageContaining("version 2");
    }

    @Test
    void whatANewerSideSaysBesides_isLeftOut_andWhatAnOlderDoesNotSay_isTheDefault() {
        Map<String, Object> tree = new HashMap<>(Map.of("lost", List.of(), "failed", List.of("a"), "later", 7));
        assertThat(Trees.read(tree, io.goose.spi.Beat.class)).isEqualTo(new io.goose.spi.Beat(List.of(), Set.of("a")));

        tree = new HashMap<>(Map.of("leases", List.of()));
        assertThat(Trees.read(tree, io.goose.spi.Claim.class)).isEqualTo(io.goose.spi.Claim.EMPTY);
    }

    @Test
    void anUnknownOutcome_isRefusedByName_andAnUnknownCapabilityIsNobodysHere() throws Exception {
        assertThatThrownBy(() -> Trees.read(Map.of("@", "Postponed"), Outcome.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GOOSE-3160")
                .hasMessageContaining("Postponed");
        assertThat(Trees.read(
                        List.of("DELAY", "TELEPORT"),
                        Broker.class.getMethod("capabilities").getGenericReturnType()))
                .isEqualTo(Set.of(io.goose.spi.Capability.DELAY));
    }

    @Test
    void cancellations_areHeardOnThisSide() {
        QueuedJob job = TestJobs.job(QUEUE);
        send(job);
        Session session = broker.open(spec());
        List<JobId> cancelled = new ArrayList<>();
        session.onCancel(new CancelListener() {
            @Override
            public void cancelled(JobId id, long token) {
                cancelled.add(id);
            }
        });
        List<Lease> leases = session.lease(QUEUE, 1, 1 << 20).leases();

        broker.cancel(QUEUE, job.id());

        session.renew();
        assertThat(cancelled).contains(job.id());
        session.settle(List.of(Settlement.of(leases.get(0), new Outcome.Cancelled())));
        session.close();
    }

    @Test
    void evictions_areHeardOnThisSide() {
        Broker small = new MemoryBrokers(new DeadRetention(1, Duration.ofDays(1))).broker();
        Across narrow = new Across(small);
        List<String> evicted = new ArrayList<>();
        narrow.remote().onEviction((queue, count) -> evicted.add(queue + ' ' + count));
        narrow.remote()
                .send(List.of(TestJobs.job(QUEUE), TestJobs.job(QUEUE)))
                .toCompletableFuture()
                .join();
        Session session = narrow.remote().open(spec());

        session.settle(session.lease(QUEUE, 2, 1 << 20).leases().stream()
                .map(lease -> Settlement.of(lease, new Outcome.Dead(lease.job().state())))
                .toList());
        session.sweep();

        assertThat(evicted).containsExactly("a 1");
        small.close();
    }

    /** A memory broker that keeps little. */
    private record MemoryBrokers(DeadRetention dead) {
        Broker broker() {
            return new io.goose.broker.memory.MemoryBrokerFactory()
                    .create(
                            new BrokerSettings("main", "goose", Map.of(), Duration.ofHours(1), dead),
                            (name, body) -> new Thread(body, name));
        }
    }

    @Test
    void itsPartsAndItself_areObjects() {
        assertThat(broker)
                .hasToString("RemoteBroker[(given)]")
                .isEqualTo(broker)
                .isNotEqualTo(behind);
        assertThat(broker.housekeeping()).isSameAs(broker.housekeeping()).hasSameHashCodeAs(broker.housekeeping());
        assertThat(broker.describe()).startsWith("resource adapter at (given): ");
    }

    private static Map<?, ?> with(Map<?, ?> call, String key, @Nullable Object value) {
        Map<Object, @Nullable Object> changed = new HashMap<>(call);
        changed.put(key, value);
        return changed;
    }
}
