package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.Discard;
import io.goose.GooseConfigurationException;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.JobRolledBackException;
import io.goose.RetryDelay;
import io.goose.RetryLater;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.TestEngine;
import io.goose.engine.handler.JobInvoker;
import io.goose.engine.transaction.TransactionMode;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.SurroundingTransaction;
import io.goose.tck.BrokerUnderTest;
import io.goose.transaction.TestTransactions;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs with {@code transactional=true}: their work and their end are one transaction. */
@Timeout(180)
class TransactionalJobTest {

    private static final String QUEUE = "default";
    private static final JobOptions AT_ONCE = JobOptions.builder()
            .retryDelay(RetryDelay.fixed(Duration.ZERO))
            .maxRetries(1)
            .build();

    private final OrdersDatabase database;
    private final BlockingQueue<Throwable> failures;

    TransactionalJobTest() throws SQLException {
        database = new OrdersDatabase();
        failures = database.failures();
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        database.close();
    }

    private Object order() throws SQLException {
        return database.add(1);
    }

    private int orders() {
        return database.ids().size();
    }

    private static Broker connect(DataSource source) {
        return JdbcUnderTest.connect(source, Map.of(), BrokerUnderTest.STANDARD_DEAD);
    }

    private TestEngine.Builder engine(JobInvoker body) {
        return database.engine()
                .transactionalJob("order", AT_ONCE, body)
                .transactions(TestTransactions.surrounding(), TransactionMode.AUTO);
    }

    private static void awaitDead(TestEngine engine) {
        Eventually.until("the job is dead", () -> engine.stats(QUEUE).dead() == 1);
    }

    @Test
    void theWorkAndTheEndOfTheJob_areThereTogether() throws Exception {
        CountDownLatch worked = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (TestEngine engine = engine(arguments -> {
                    order();
                    worked.countDown();
                    Eventually.await(mayEnd);
                    return null;
                })
                .start()) {
            engine.client().performAsync(JobCall.of("order"));
            Eventually.await(worked);
            assertThat(orders()).isZero();
            assertThat(engine.stats(QUEUE).running()).isEqualTo(1);

            mayEnd.countDown();
            engine.drained(QUEUE);

            assertThat(orders()).isEqualTo(1);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void whatTheBodyThrows_rollsItsWorkBack_andTheJobIsRetried() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (TestEngine engine = engine(arguments -> {
                    order();
                    if (runs.incrementAndGet() == 1) {
                        throw new IllegalStateException("the first run");
                    }
                    return null;
                })
                .start()) {
            engine.client().performAsync(JobCall.of("order"));
            Eventually.until("it ran twice", () -> runs.get() == 2);
            engine.drained(QUEUE);

            assertThat(orders()).isEqualTo(1);
        }
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the first run"));
    }

    @Test
    void whatTheBodyEnqueues_isPartOfItsTransaction() throws Exception {
        CountDownLatch followed = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        TestEngine[] self = new TestEngine[1];
        try (TestEngine engine = engine(arguments -> {
                    self[0].client().performAsync(JobCall.of("follow"));
                    if (runs.incrementAndGet() == 1) {
                        throw new IllegalStateException("the first run");
                    }
                    return null;
                })
                .job("follow", arguments -> {
                    followed.countDown();
                    return null;
                })
                .build()) {
            self[0] = engine;
            engine.start();
            engine.client().performAsync(JobCall.of("order"));
            Eventually.await(followed);
            engine.drained(QUEUE);
        }
        assertThat(runs.get()).isEqualTo(2);
        assertThat(followed.getCount()).isZero();
    }

    @Test
    void aTransactionThatIsMarkedForRollback_isAFailureOfTheJob() throws Exception {
        try (TestEngine engine = engine(arguments -> {
                    order();
                    TestTransactions.transactionManager().setRollbackOnly();
                    return null;
                })
                .start()) {
            engine.client().performAsync(JobCall.of("order"));
            awaitDead(engine);

            assertThat(orders()).isZero();
            StoredJob dead =
                    engine.engine().admin("main").list(QUEUE, Place.DEAD, 0, 1).get(0);
            assertThat(dead.job().state().attempt()).isEqualTo(2);
        }
        assertThat(failures).hasSize(2).allSatisfy(failure -> assertThat(failure)
                .isInstanceOf(JobRolledBackException.class)
                .hasMessageContaining("GOOSE-4109")
                .hasMessageContaining("marked for rollback"));
    }

    @Test
    void aTransactionThatTakesTooLong_isAFailureOfTheJob() throws Exception {
        try (TestEngine engine = engine(arguments -> {
                    order();
                    Eventually.until(
                            "the transaction times out",
                            () -> TestTransactions.registry().getTransactionStatus() != Status.STATUS_ACTIVE);
                    return null;
                })
                .transactionTimeout(Duration.ofSeconds(3))
                .start()) {
            engine.client().with(options -> options.maxRetries(0)).performAsync(JobCall.of("order"));
            awaitDead(engine);

            assertThat(orders()).isZero();
        }
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(JobRolledBackException.class)
                .hasMessageContaining("goose.transaction.timeout=PT3S"));
    }

    private static int status(Transaction transaction) {
        try {
            return transaction.getStatus();
        } catch (SystemException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void aTransactionThatIsBegunInside_hasTheManagersOwnTimeout() throws Exception {
        AtomicInteger inner = new AtomicInteger(-1);
        try (TestEngine engine = engine(arguments -> {
                    Transaction outer = TestTransactions.transactionManager().getTransaction();
                    TestTransactions.requiresNew(() -> {
                        Eventually.until(
                                "the job's transaction times out", () -> status(outer) != Status.STATUS_ACTIVE);
                        order();
                        inner.set(TestTransactions.registry().getTransactionStatus());
                    });
                    return null;
                })
                .transactionTimeout(Duration.ofSeconds(1))
                .start()) {
            engine.client().with(options -> options.maxRetries(0)).performAsync(JobCall.of("order"));
            awaitDead(engine);
        }
        assertThat(inner.get()).isEqualTo(Status.STATUS_ACTIVE);
        assertThat(orders()).isEqualTo(1);
    }

    @Test
    void discard_endsTheJobWithoutItsWork_andRetryLaterRunsItAgain() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (TestEngine engine = engine(arguments -> {
                    order();
                    if (runs.incrementAndGet() == 1) {
                        throw new RetryLater(Duration.ZERO);
                    }
                    throw new Discard("not needed");
                })
                .start()) {
            engine.client().performAsync(JobCall.of("order"));
            Eventually.until("it ran twice", () -> runs.get() == 2);
            engine.drained(QUEUE);

            assertThat(orders()).isZero();
            assertThat(engine.stats(QUEUE).dead()).isZero();
        }
    }

    /** Commits or not as it is told, and then says that it did not. */
    private static SurroundingTransaction doubtful(AtomicBoolean commits, AtomicInteger doubts) {
        SurroundingTransaction real = TestTransactions.surrounding();
        return new ForwardingTransaction(real) {
            @Override
            public Optional<Demarcation> demarcation() {
                Demarcation demarcation = real.demarcation().orElseThrow();
                return Optional.of(new Demarcation() {
                    @Override
                    public void begin(Duration atMost) {
                        demarcation.begin(atMost);
                    }

                    @Override
                    public void commit() {
                        if (doubts.getAndDecrement() <= 0) {
                            demarcation.commit();
                            return;
                        }
                        if (commits.get()) {
                            demarcation.commit();
                        } else {
                            demarcation.rollback();
                        }
                        throw new IllegalStateException("nobody knows");
                    }

                    @Override
                    public void rollback() {
                        demarcation.rollback();
                    }
                });
            }
        };
    }

    @Test
    void aCommitOfWhichNobodyKnows_thatHappened_isTheEndOfTheJob() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = engine(arguments -> {
                            runs.incrementAndGet();
                            return order();
                        })
                        .transactions(doubtful(new AtomicBoolean(true), new AtomicInteger(1)), TransactionMode.AUTO)
                        .start()) {
            engine.client().performAsync(JobCall.of("order"));
            Eventually.until("the job is gone", () -> orders() == 1);
            engine.drained(QUEUE);
            Eventually.until(
                    "it says so", () -> log.messages().stream().anyMatch(message -> message.contains("GOOSE-4110")));
        }
        assertThat(runs.get()).isEqualTo(1);
        assertThat(failures).isEmpty();
    }

    @Test
    void aCommitOfWhichNobodyKnows_thatDidNotHappen_isAFailureOfTheJob() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (TestEngine engine = engine(arguments -> {
                    runs.incrementAndGet();
                    return order();
                })
                .transactions(doubtful(new AtomicBoolean(false), new AtomicInteger(1)), TransactionMode.AUTO)
                .start()) {
            engine.client().performAsync(JobCall.of("order"));
            Eventually.until("it ran twice", () -> runs.get() == 2);
            engine.drained(QUEUE);

            assertThat(orders()).isEqualTo(1);
        }
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(JobRolledBackException.class)
                .hasMessageContaining("nobody knows"));
    }

    @Test
    void aLeaseThatWasLost_isNotRun() throws Exception {
        CountDownLatch before = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        SurroundingTransaction real = TestTransactions.surrounding();
        SurroundingTransaction slow = new ForwardingTransaction(real) {
            @Override
            public Optional<Demarcation> demarcation() {
                if (Thread.currentThread().getName().contains("-job-")) {
                    before.countDown();
                    Eventually.await(taken);
                }
                return real.demarcation();
            }
        };
        try (TestEngine engine = engine(arguments -> runs.incrementAndGet())
                .transactions(slow, TransactionMode.AUTO)
                .heartbeat(Duration.ofMinutes(5))
                .lease(Duration.ofMinutes(20))
                .start()) {
            JobId id = engine.client().performAsync(JobCall.of("order"));
            Eventually.await(before);
            // Another's lease, who lives: a beat gives back what its session has and nobody knows.
            database.execute("INSERT INTO goose_beat (session, expiry) VALUES ('another', " + Long.MAX_VALUE + ")");
            database.execute("UPDATE goose_job SET token = token + 1, session = 'another' WHERE id = '" + id + "'");
            taken.countDown();
            Eventually.until("its thread is free", () -> engine.status().outstanding() == 0);

            assertThat(runs.get()).isZero();
            assertThat(engine.stats(QUEUE).running()).isEqualTo(1);
        }
    }

    @Test
    void aDataSourceThatDoesNotTakePart_isRefusedAtTheStart_whateverAnEnqueueMeans() {
        JdbcConnectionPool alone = JdbcUnderTest.pool();
        try (TestEngine engine = TestEngine.on(connect(alone))
                .transactionalJob("order", AT_ONCE, arguments -> null)
                .transactions(TestTransactions.surrounding(), TransactionMode.IMMEDIATE)
                .build()) {
            assertThatThrownBy(engine::start)
                    .isInstanceOf(GooseConfigurationException.class)
                    .hasMessageContaining("GOOSE-4306")
                    .hasMessageContaining("transactional=true")
                    .hasMessageNotContaining("goose.transaction=");
        } finally {
            alone.dispose();
        }
    }

    /** Lets nobody begin a transaction as often as it is told. */
    private static SurroundingTransaction refusing(AtomicInteger refusals) {
        SurroundingTransaction real = TestTransactions.surrounding();
        return new ForwardingTransaction(real) {
            @Override
            public Optional<Demarcation> demarcation() {
                Demarcation demarcation = real.demarcation().orElseThrow();
                return Optional.of(new Demarcation() {
                    @Override
                    public void begin(Duration atMost) {
                        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            throw new IllegalStateException("not here");
                        }
                        demarcation.begin(atMost);
                    }

                    @Override
                    public void commit() {
                        demarcation.commit();
                    }

                    @Override
                    public void rollback() {
                        demarcation.rollback();
                    }
                });
            }
        };
    }

    @Test
    void whatCouldNotBeTriedAtTheStart_isTriedBeforeTheFirstRun_thatIsReleasedUntilItCan() throws Exception {
        AtomicInteger refusals = new AtomicInteger(3);
        AtomicInteger leftAtTheRun = new AtomicInteger(-1);
        try (TestEngine engine = engine(arguments -> {
                    leftAtTheRun.set(refusals.get());
                    return order();
                })
                .transactions(refusing(refusals), TransactionMode.AUTO)
                .start()) {
            assertThat(refusals.get()).isEqualTo(2);
            engine.client().performAsync(JobCall.of("order"));
            engine.drained(QUEUE);

            assertThat(leftAtTheRun.get()).isZero();
            assertThat(orders()).isEqualTo(1);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aDataSourceThatDoesNotTakePart_runsNothing_alsoWhereThatCouldNotBeTriedAtTheStart() {
        JdbcConnectionPool alone = JdbcUnderTest.pool();
        AtomicInteger runs = new AtomicInteger();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = TestEngine.on(connect(alone))
                        .transactionalJob("order", AT_ONCE, arguments -> runs.incrementAndGet())
                        .transactions(refusing(new AtomicInteger(1)), TransactionMode.AUTO)
                        .start()) {
            assertThat(log.messages())
                    .anyMatch(message -> message.contains("GOOSE-4308") && message.contains("Transactional jobs wait"));
            engine.client().performAsync(JobCall.of("order"));
            // The job of the trial is scheduled too, for a moment.
            Eventually.until("it is not run", () -> log.count("GOOSE-4008") == 1);
            Eventually.until("it is released", () -> engine.stats(QUEUE).scheduled() == 1);

            assertThat(runs.get()).isZero();
        } finally {
            alone.dispose();
        }
    }

    @Test
    void anEnqueueWithItsOwnId_isThereAfterItsCommit_unlessTheIdWasChosenBefore() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger mayEnd = new AtomicInteger();
        AtomicReference<JobId> id = new AtomicReference<>();
        TestEngine[] self = new TestEngine[1];
        try (TestEngine engine = engine(arguments -> {
                    int run = begun.incrementAndGet();
                    Eventually.until("run " + run + " may end", () -> mayEnd.get() >= run);
                    if (run == 1) {
                        again(self[0], id.get());
                    }
                    return null;
                })
                .build()) {
            self[0] = engine;
            engine.start();
            id.set(engine.client().performAsync(JobCall.of("order")));
            Eventually.until("it runs", () -> begun.get() == 1);

            mayEnd.set(1);
            Eventually.until("what the run itself enqueued runs", () -> begun.get() == 2);
            assertThat(again(engine, id.get())).isEqualTo(id.get());
            mayEnd.set(3);
            engine.drained(QUEUE);
        }
        assertThat(begun.get()).isEqualTo(2);
        assertThat(failures).isEmpty();
    }

    private static JobId again(TestEngine engine, JobId id) {
        return engine.client().with(options -> options.id(id)).performAsync(JobCall.of("order"));
    }

    @Test
    void withoutATransactionManager_itIsRefusedAtTheStart() {
        try (TestEngine engine = database.engine()
                .transactionalJob("order", AT_ONCE, arguments -> null)
                .build()) {
            assertThatThrownBy(engine::start)
                    .isInstanceOf(GooseConfigurationException.class)
                    .hasMessageContaining("GOOSE-2140: job order has transactional=true");
        }
    }

    @Test
    void onABrokerThatCannot_itIsParked() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                        .transactionalJob("order", AT_ONCE, arguments -> runs.incrementAndGet())
                        .transactions(TestTransactions.surrounding(), TransactionMode.IMMEDIATE)
                        .start()) {
            JobId id = engine.client().performAsync(JobCall.of("order"));
            Eventually.until("it is parked", () -> engine.stats(QUEUE).parked() == 1);

            assertThat(runs.get()).isZero();
            assertThat(log.messages()).anyMatch(message -> message.contains("GOOSE-4113") && message.contains("" + id));
            List<StoredJob> parked = engine.engine().admin("main").list(QUEUE, Place.PARKED, 0, 10);
            assertThat(parked.get(0).note()).contains("is transactional");
        }
    }
}
