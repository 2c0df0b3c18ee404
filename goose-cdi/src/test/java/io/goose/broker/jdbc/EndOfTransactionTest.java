package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.arjuna.ats.internal.jta.transaction.arjunacore.BaseTransaction;
import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRolledBackException;
import io.goose.JobRun;
import io.goose.RetryDelay;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.TestEngine;
import io.goose.engine.handler.JobInvoker;
import io.goose.engine.transaction.TransactionMode;
import io.goose.spi.SurroundingTransaction;
import io.goose.transaction.TestTransactions;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions that jobs do not end as they should: what becomes of them, and of the job. */
@Timeout(180)
class EndOfTransactionTest {

    private static final String QUEUE = "default";
    private static final JobOptions AT_ONCE = JobOptions.builder()
            .retryDelay(RetryDelay.fixed(Duration.ZERO))
            .maxRetries(1)
            .build();
    private static final JobOptions ONCE = JobOptions.builder().maxRetries(0).build();

    private final OrdersDatabase database;
    private final BlockingQueue<Throwable> failures;

    EndOfTransactionTest() throws SQLException {
        database = new OrdersDatabase();
        failures = database.failures();
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        database.close();
    }

    private Object order(int id) throws SQLException {
        return database.add(id);
    }

    private List<Integer> orders() {
        return database.ids();
    }

    private TestEngine.Builder engine(SurroundingTransaction transaction) {
        return database.engine().threads(1).transactions(transaction, TransactionMode.AUTO);
    }

    private static TestEngine.Builder plain(TestEngine.Builder builder, String name, JobInvoker body) {
        return builder.job(name, ONCE, List.of(), body);
    }

    private static int status() {
        return TestTransactions.registry().getTransactionStatus();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTransactionThatAJobLeavesOpen_isRolledBack_andNotForTheNextJob(boolean throwing) throws Exception {
        BlockingQueue<Integer> found = new LinkedBlockingQueue<>();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = plain(
                                plain(engine(TestTransactions.surrounding()), "leaves", arguments -> {
                                    TestTransactions.userTransaction().setTransactionTimeout(77);
                                    TestTransactions.userTransaction().begin();
                                    order(1);
                                    if (throwing) {
                                        throw new IllegalStateException("left by throwing");
                                    }
                                    return null;
                                }),
                                "joins",
                                arguments -> {
                                    found.add(status());
                                    found.add(((BaseTransaction) TestTransactions.transactionManager()).getTimeout());
                                    return order(2);
                                })
                        .start()) {
            engine.client().performAsync(JobCall.of("leaves"));
            Eventually.until("it failed", () -> engine.stats(QUEUE).dead() == 1);
            engine.client().performAsync(JobCall.of("joins"));

            assertThat(Eventually.next(found)).isEqualTo(Status.STATUS_NO_TRANSACTION);
            assertThat(Eventually.next(found)).as("the timeout in seconds").isNotEqualTo(77);
            engine.drained(QUEUE);
            assertThat(orders()).containsExactly(2);
            assertThat(log.messages())
                    .anyMatch(message -> message.contains("GOOSE-4114") && message.contains("(leaves)"));
        }
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessageContaining(throwing ? "left by throwing" : "GOOSE-4114"));
    }

    /** Of which the rollbacks do nothing but fail as long as that is asked for. */
    private static SurroundingTransaction refusing(BooleanSupplier refuses) {
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
                        demarcation.commit();
                    }

                    @Override
                    public void rollback() {
                        if (refuses.getAsBoolean()) {
                            throw new IllegalStateException("refused as told");
                        }
                        demarcation.rollback();
                    }
                });
            }
        };
    }

    @Test
    void aTransactionThatCannotBeRolledBack_keepsItsThreadFromRunningJobs_untilItCan() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean();
        BlockingQueue<Integer> found = new LinkedBlockingQueue<>();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = plain(
                                plain(engine(refusing(refuses::get)), "leaves", arguments -> {
                                    refuses.set(true);
                                    TestTransactions.userTransaction().begin();
                                    return null;
                                }),
                                "next",
                                arguments -> found.add(status()))
                        .start()) {
            engine.client().performAsync(JobCall.of("leaves"));
            Eventually.until("it failed", () -> engine.stats(QUEUE).dead() == 1);
            engine.client().performAsync(JobCall.of("next"));
            Eventually.until("the next is not run", () -> log.count("GOOSE-4008") > 0);
            assertThat(found).isEmpty();

            refuses.set(false);
            assertThat(Eventually.next(found)).isEqualTo(Status.STATUS_NO_TRANSACTION);
        }
    }

    @Test
    void aTransactionThatIsNotRolledBackInOrder_isOverBeforeTheJobIsSettled() throws Exception {
        AtomicBoolean refuses = new AtomicBoolean();
        AtomicReference<Transaction> first = new AtomicReference<>();
        BlockingQueue<Integer> atFailure = new LinkedBlockingQueue<>();
        AtomicInteger runs = new AtomicInteger();
        try (TestEngine engine = engine(refusing(() -> refuses.get() && status() == Status.STATUS_ACTIVE))
                .transactionalJob("order", AT_ONCE, arguments -> {
                    if (runs.incrementAndGet() > 1) {
                        return order(2);
                    }
                    first.set(TestTransactions.transactionManager().getTransaction());
                    order(1);
                    throw new IllegalStateException("the first run");
                })
                .failureHandler(new JobFailureHandler() {
                    @Override
                    public void onError(JobRun run, Throwable failure) {
                        atFailure.add(statusOf(first.get()));
                        refuses.set(false);
                    }
                })
                .transactionTimeout(Duration.ofSeconds(3))
                .build()) {
            engine.start(); // which tries out a rollback
            refuses.set(true);
            engine.client().performAsync(JobCall.of("order"));
            assertThat(Eventually.next(atFailure)).isEqualTo(Status.STATUS_ROLLEDBACK);
            Eventually.until("it ran again", () -> runs.get() == 2);
            engine.drained(QUEUE);
            assertThat(orders()).containsExactly(2);
        }
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessage("the first run"));
    }

    private static int statusOf(Transaction transaction) {
        try {
            return transaction.getStatus();
        } catch (SystemException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Leaves its one commit to be decided right after the job was looked at for the first time. */
    private static final class LateCommit extends ForwardingTransaction {
        private final AtomicReference<Transaction> open = new AtomicReference<>();
        private final AtomicInteger looks = new AtomicInteger();

        private LateCommit() {
            super(TestTransactions.surrounding());
        }

        @Override
        public <T> T apart(Supplier<T> work) {
            Transaction undecided = open.get();
            if (undecided == null
                    || looks.get() > 0
                    || !Thread.currentThread().getName().contains("-job-")) {
                return super.apart(work);
            }
            looks.incrementAndGet();
            try {
                return super.apart(work);
            } finally {
                boolean interrupted = Thread.interrupted();
                try {
                    TestTransactions.transactionManager().resume(undecided);
                    TestTransactions.transactionManager().commit();
                } catch (Exception failed) {
                    throw new IllegalStateException(failed);
                } finally {
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
            }
        }

        @Override
        public Optional<Demarcation> demarcation() {
            Demarcation demarcation = super.demarcation().orElseThrow();
            return Optional.of(new Demarcation() {
                @Override
                public void begin(Duration atMost) {
                    demarcation.begin(atMost);
                }

                @Override
                public void commit() {
                    try {
                        open.set(TestTransactions.transactionManager().suspend());
                    } catch (SystemException failed) {
                        throw new IllegalStateException(failed);
                    }
                    throw new IllegalStateException("nobody knows yet");
                }

                @Override
                public void rollback() {
                    demarcation.rollback();
                }
            });
        }
    }

    @Test
    void aJobThatLeavesItsThreadInterrupted_isLookedAtUntilItsCommitIsDecided() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = engine(new LateCommit())
                        .transactionalJob("order", AT_ONCE, arguments -> {
                            Object done = order(1);
                            Thread.currentThread().interrupt();
                            return done;
                        })
                        .scope(() -> () -> {
                            interrupted.set(Thread.currentThread().isInterrupted());
                            closed.countDown();
                        })
                        .start()) {
            engine.client().performAsync(JobCall.of("order"));
            Eventually.await(closed);
            engine.drained(QUEUE);

            assertThat(log.count("GOOSE-4111")).isZero();
            assertThat(log.count("GOOSE-4110")).isEqualTo(1);
            assertThat(interrupted).as("the flag is left as the job left it").isTrue();
            assertThat(orders()).containsExactly(1);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void aJobThatRollsItsTransactionBack_andBeginsAnother_fails_withoutTheWorkOfTheOther() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (TestEngine engine = engine(TestTransactions.surrounding())
                .transactionalJob("order", AT_ONCE, arguments -> {
                    if (runs.incrementAndGet() > 1) {
                        return order(2);
                    }
                    TestTransactions.userTransaction().rollback();
                    TestTransactions.userTransaction().begin();
                    return order(1);
                })
                .start()) {
            engine.client().performAsync(JobCall.of("order"));
            Eventually.until("it ran again", () -> runs.get() == 2);
            engine.drained(QUEUE);

            assertThat(orders()).containsExactly(2);
        }
        assertThat(failures).singleElement().satisfies(failure -> assertThat(failure)
                .isInstanceOf(JobRolledBackException.class)
                .hasMessageContaining("GOOSE-4115"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aJobThatCommitsItsTransaction_andBeginsAnother_isCompleted_withoutTheWorkOfTheOther(boolean throwing)
            throws Exception {
        AtomicInteger runs = new AtomicInteger();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = engine(TestTransactions.surrounding())
                        .transactionalJob("order", AT_ONCE, arguments -> {
                            runs.incrementAndGet();
                            order(1);
                            TestTransactions.userTransaction().commit();
                            TestTransactions.userTransaction().begin();
                            order(2);
                            if (throwing) {
                                throw new IllegalStateException("after its commit");
                            }
                            return null;
                        })
                        .start()) {
            engine.client().performAsync(JobCall.of("order"));
            Eventually.until("it says so", () -> log.count("GOOSE-4115") == 1);
            engine.drained(QUEUE);

            assertThat(orders()).containsExactly(1);
            assertThat(runs.get()).isEqualTo(1);
        }
        assertThat(failures).isEmpty();
    }
}
