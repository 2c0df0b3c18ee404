package io.goose.broker.composed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.job.DeliveryState;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Claim;
import io.goose.spi.Effect;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.spi.JoinableTransport;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Track;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TestJobs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Claims while the transport or the ledger is away for a moment. */
final class ComposedSessionTest {

    private static final String QUEUE = "a";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final JdbcConnectionPool pool = JdbcConnectionPool.create(
            "jdbc:h2:mem:composed" + NUMBERS.incrementAndGet() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean ledgerIsAway;
    private final Broker owner = JdbcBrokerFactory.of(source())
            .create(
                    new BrokerSettings("main", "goose", Map.of(), Duration.ofHours(1), BrokerUnderTest.STANDARD_DEAD),
                    (name, body) -> new Thread(body, name));
    private final GuardedLedger ledger = owner.ledgerFor("composed").orElseThrow();
    private final FaultyBroker transport = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));
    private final Broker broker = new ComposedBroker(
            JoinableTransport.of(transport), ledger, Track.GUARDED, (name, body) -> new Thread(body, name));
    private Session session;

    private DataSource source() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (ledgerIsAway) {
                        throw new SQLException("the ledger is away", "08001");
                    }
                    questions.incrementAndGet();
                    try {
                        return method.invoke(pool, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @BeforeEach
    void open() {
        session = broker.open(new SessionSpec(
                List.of(QUEUE), 10, 10, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
    }

    @AfterEach
    void close() {
        session.close();
        broker.close();
        owner.close();
        pool.dispose();
    }

    private static QueuedJob marked() {
        QueuedJob plain = TestJobs.job(QUEUE);
        return new QueuedJob(QUEUE, plain.id(), plain.envelope(), DeliveryState.FRESH, true);
    }

    private List<QueuedJob> leased() {
        return session.lease(QUEUE, 10, 1 << 20, false).leases().stream()
                .map(Lease::job)
                .toList();
    }

    private static void away() {
        throw new BrokerUnavailableException("the transport is away", null);
    }

    @Test
    void aJobOfTheTransport_isNotHeldUpByAQuestion_whenTheLedgerHasJustSaidThatNothingIsDue() {
        int asked;
        long begun;
        do { // what the ledger said is believed for half a second: a machine that was busy for as long has it tried
            // again
            begun = System.nanoTime();
            assertThat(leased()).isEmpty();
            int before = questions.get();
            QueuedJob plain = TestJobs.job(QUEUE);
            transport.send(List.of(plain)).toCompletableFuture().join();

            assertThat(leased()).extracting(QueuedJob::id).containsExactly(plain.id());
            asked = questions.get() - before;
        } while (asked > 0 && System.nanoTime() - begun > Duration.ofMillis(400).toNanos());
        assertThat(asked).isZero();

        int before = questions.get();
        assertThat(leased()).isEmpty();
        assertThat(questions).as("there is time to ask").hasValueGreaterThan(before);
    }

    @Test
    void aQueueThatIsPaused_givesNothing_whateverTheLedgerHasJustSaid() {
        assertThat(leased()).isEmpty();
        transport.send(List.of(TestJobs.job(QUEUE))).toCompletableFuture().join();

        broker.pause(QUEUE);

        assertThat(leased()).isEmpty();
    }

    @Test
    void anOldMessageThatCannotBeRemovedNow_keepsNobodyFromTheOthers_andGoesLater() {
        QueuedJob old = marked();
        QueuedJob fresh = TestJobs.job(QUEUE);
        transport.send(List.of(old, fresh)).toCompletableFuture().join();
        ledger.settle(List.of(new Change(old, null)));

        transport.before(Call.SETTLE, ComposedSessionTest::away);
        assertThat(leased()).extracting(QueuedJob::id).containsExactly(fresh.id());
        assertThatThrownBy(this::leased).as("first what it owes").isInstanceOf(BrokerUnavailableException.class);

        transport.heal(Call.SETTLE);
        assertThat(leased()).isEmpty();
        assertThat(transport.find(QUEUE, old.id())).isEmpty();
        assertThat(transport.stats(QUEUE).running()).isEqualTo(1);
    }

    @Test
    void jobsThatCouldNotBeGivenBack_whenTheLedgerWasAway_areGivenBackBeforeTheNextClaim() {
        QueuedJob job = marked();
        transport.send(List.of(job)).toCompletableFuture().join();
        transport.before(Call.LEASE, () -> ledgerIsAway = true);
        transport.before(Call.RETURN, ComposedSessionTest::away);
        assertThatThrownBy(this::leased)
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("the ledger is away");

        ledgerIsAway = false;
        transport.heal(Call.LEASE);
        transport.heal(Call.RETURN);
        assertThat(leased()).extracting(QueuedJob::id).containsExactly(job.id());
        assertThat(transport.stats(QUEUE).running()).isEqualTo(1);
    }

    @Test
    void aWorkerThatDiesRightAfterItNotedAnEnd_hasNotedTheJobThatFollows() {
        Broker memory = MemoryBroker.withClock(InstantSource.system());
        GuardedLedger dying = (GuardedLedger) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {GuardedLedger.class}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(ledger, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    } finally {
                        if (method.getName().equals("settle")) {
                            ledgerIsAway = true;
                        }
                    }
                });
        Broker worker = new ComposedBroker(
                JoinableTransport.of(memory), dying, Track.GUARDED, (name, body) -> new Thread(body, name));
        Session mortal = worker.open(
                new SessionSpec(List.of(QUEUE), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
        QueuedJob job = marked();
        QueuedJob next = TestJobs.at(TestJobs.job(QUEUE), Instant.now().plusSeconds(3600));
        memory.send(List.of(job)).toCompletableFuture().join();
        Lease lease = mortal.lease(QUEUE, 1, 1 << 20, false).leases().get(0);

        mortal.settle(List.of(new Settlement(lease, Outcome.Done.INSTANCE, List.of(new Effect.Enqueue(next)))));

        ledgerIsAway = false;
        assertThat(ledger.begin(List.of(new Delivery(job, true)))).containsExactly(false);
        assertThat(ledger.find(QUEUE, next.id())).isPresent();
    }

    @Test
    void aClaim_sendsOnePartOfALargeBacklog_andComesBackForTheRest() {
        Instant past = Instant.now().minusSeconds(60);
        for (int count : List.of(500, 1)) {
            ledger.keep(TestJobs.jobs(QUEUE, count).stream()
                    .map(job -> TestJobs.at(job, past))
                    .toList());
        }

        Claim first = session.lease(QUEUE, 1, 1 << 20, false);
        assertThat(first.leases()).hasSize(1);
        assertThat(first.nextDue()).isEqualTo(Duration.ZERO);
        assertThat(transport.stats(QUEUE).waiting()).isEqualTo(499);

        Claim second = session.lease(QUEUE, 1, 1 << 20, false);
        assertThat(second.nextDue()).isNull();
        assertThat(transport.stats(QUEUE).waiting()).isEqualTo(499);
        assertThat(ledger.stats(QUEUE).scheduled()).isZero();
    }
}
