package io.goose.broker.composed;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.LogCapture;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.BatchLedger.Plan;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.GuardedLedger;
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
import java.sql.Connection;
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
import org.junit.jupiter.api.Test;

/** A database that goes away right after it has taken the end of a batch's job, before the batch is told. */
final class LateMarksTest {

    private static final String QUEUE = "a";
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:late" + NUMBERS.incrementAndGet() + ";DB_CLOSE_DELAY=-1", "sa", "");
    private volatile boolean goesAfterCommit;
    private volatile boolean isAway;
    private final Broker owner = JdbcBrokerFactory.of(around(DataSource.class, pool))
            .create(
                    new BrokerSettings("main", "goose", Map.of(), Duration.ofHours(1), BrokerUnderTest.STANDARD_DEAD),
                    (name, body) -> new Thread(body, name));
    private final GuardedLedger ledger = owner.ledgerFor("composed").orElseThrow();
    private final Broker broker = new ComposedBroker(
            JoinableTransport.of(MemoryBroker.withClock(InstantSource.system())),
            ledger,
            Track.GUARDED,
            (name, body) -> new Thread(body, name));
    private final Session session = broker.open(spec());

    private static SessionSpec spec() {
        return new SessionSpec(List.of(QUEUE), 10, 10, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test");
    }

    private <T> T around(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    boolean gets = method.getName().equals("getConnection");
                    if (gets && isAway) {
                        throw new SQLException("the ledger is away", "08001");
                    }
                    Object result;
                    try {
                        result = method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                    isAway |= goesAfterCommit && method.getName().equals("commit");
                    return gets && type == DataSource.class ? around(Connection.class, result) : result;
                }));
    }

    @AfterEach
    void close() {
        session.close();
        broker.close();
        owner.close();
        pool.dispose();
    }

    private BatchStatus status(BatchId id) {
        return broker.batches().find(id).orElseThrow().status();
    }

    private List<Lease> leased() {
        return session.lease(QUEUE, 10, 1 << 20, false).leases();
    }

    @Test
    void whatTheBatchWasNotTold_isCountedByASweepOfTheLedger_notOfItsOwner_andTheCallbackIsSent() {
        BatchId id = BatchId.draw(Instant.now());
        QueuedJob callback = TestJobs.atFront(TestJobs.withId(QUEUE, id.callback(0)));
        Plan plan = new Plan(QUEUE, Duration.ofHours(1), Map.of(BatchState.SUCCESS, List.of(callback)));
        List<QueuedJob> members = List.of(TestJobs.withId(QUEUE, id.member(0)));
        broker.batches().add(new Addition(id, plan, "all", 0, members, Set.of(QUEUE), true));
        Lease member = leased().get(0);

        goesAfterCommit = true;
        try (LogCapture log = LogCapture.open()) {
            session.settle(List.of(Settlement.of(member, Outcome.Done.INSTANCE)));
            assertThat(log.count("GOOSE-3132")).isEqualTo(1);
        }
        goesAfterCommit = false;
        isAway = false;
        assertThat(status(id).counts().success()).isZero();

        try (Session ofOwner = owner.open(spec())) {
            ofOwner.sweep();
        }
        assertThat(status(id).counts().success())
                .as("the owner has queues of its own")
                .isZero();
        session.sweep();

        assertThat(status(id).state()).isEqualTo(BatchState.SUCCESS);
        List<JobId> sent = leased().stream().map(lease -> lease.job().id()).toList();
        assertThat(sent).containsExactly(callback.id());
        assertThat(owner.stats(QUEUE).waiting()).isZero();
    }
}
