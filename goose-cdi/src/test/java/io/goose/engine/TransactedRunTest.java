package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.Discard;
import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRolledBackException;
import io.goose.JobRun;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.observe.RunEnd;
import io.goose.engine.run.JobScope;
import io.goose.engine.run.LeaseWatch;
import io.goose.engine.run.TransactedRun;
import io.goose.engine.run.TransactedRunner;
import io.goose.engine.transaction.TransactionMode;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction.End;
import io.goose.spi.SurroundingTransaction.State;
import io.goose.transaction.TestTransactions;
import jakarta.transaction.Status;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs in transactions that others begin and end, with a real transaction manager. */
@Timeout(180)
class TransactedRunTest {

    private final MemoryBroker memory = MemoryBroker.withClock(InstantSource.system());
    private final List<String> order = new ArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();
    private String lost = ""; // the question of the watch that is answered by yes
    private LogCapture log;
    private TestEngine engine;
    private Session session;

    @BeforeEach
    void begin() {
        log = LogCapture.open();
        JobScope scope = new JobScope() {
            @Override
            public Open open() {
                return () -> {};
            }

            @Override
            public void inApplication(Runnable work) {
                order.add("application");
                work.run();
            }
        };
        engine = TestEngine.on(memory.connect())
                .clientOnly()
                .scope(scope)
                .transactions(TestTransactions.surrounding(), TransactionMode.AFTER_COMMIT)
                .job("good", arguments -> {
                    runs.incrementAndGet();
                    assertThat(state()).isEqualTo(State.ACTIVE);
                    return "result";
                })
                .transactionalJob("whole", JobOptions.NONE, arguments -> {
                    runs.incrementAndGet();
                    return null;
                })
                .job("bad", arguments -> {
                    throw new IllegalStateException("as told");
                })
                .job("discards", arguments -> {
                    throw new Discard("not any more");
                })
                .job("marks", arguments -> {
                    TestTransactions.transactionManager().setRollbackOnly();
                    return null;
                })
                .job("commits", arguments -> {
                    TestTransactions.userTransaction().commit();
                    TestTransactions.userTransaction().begin();
                    return null;
                })
                .failureHandler(new JobFailureHandler() {
                    @Override
                    public void onError(JobRun run, Throwable failure) {
                        order.add("handler in " + state() + " of " + run.handler() + ": " + failure.getMessage());
                        if (failure instanceof JobRolledBackException) {
                            order.add("rolled back");
                        }
                    }

                    @Override
                    public void onDeath(JobRun run, Throwable failure) {
                        order.add("death in " + state() + " of " + run.handler() + ": " + failure.getMessage());
                    }

                    @Override
                    public void onCancelled(JobRun run) {
                        order.add("cancelled in " + state());
                    }
                })
                .observer(new EngineObserver() {
                    @Override
                    public void runEnded(RunEnd end) {
                        order.add("event " + end.ending());
                    }
                })
                .start();
        session = memory.connect()
                .open(new SessionSpec(
                        List.of("default"), 10, 10, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
    }

    @AfterEach
    void end() throws Exception {
        if (TestTransactions.transactionManager().getStatus() != Status.STATUS_NO_TRANSACTION) {
            TestTransactions.transactionManager().rollback();
            throw new AssertionError("a transaction is left on the thread");
        }
        engine.close();
        log.close();
        memory.close();
    }

    private static State state() {
        return TestTransactions.surrounding().state();
    }

    private LeaseWatch watch() {
        boolean[] died = new boolean[1];
        return (LeaseWatch) Proxy.newProxyInstance(
                LeaseWatch.class.getClassLoader(), new Class<?>[] {LeaseWatch.class}, (proxy, method, given) -> {
                    if (method.getName().equals("died")) {
                        died[0] = true;
                    }
                    if (method.getReturnType() != boolean.class) {
                        return null;
                    }
                    return method.getName().equals(lost) || (method.getName().equals("hasDied") && died[0]);
                });
    }

    private Lease lease(String handler) {
        engine.client().performAsync(JobCall.of(handler));
        return session.lease("default", 1, 1 << 20).leases().get(0);
    }

    private TransactedRunner runner() {
        return engine.engine().inbound(null).transacted();
    }

    /** A delivery: what the bean answered, and what the container did then. */
    private record Delivered(TransactedRun run, boolean committed) {}

    private Delivered deliver(Lease lease) throws Exception {
        TestTransactions.transactionManager().begin();
        TransactedRun run = runner().begin(lease, watch());
        boolean commits = state() == State.ACTIVE && run.ifCommitted().isPresent();
        assertThat(order).as("before the end of the transaction").isEmpty();
        if (commits) {
            TestTransactions.transactionManager().commit();
        } else if (TestTransactions.transactionManager().getStatus() != Status.STATUS_NO_TRANSACTION) {
            TestTransactions.transactionManager().rollback();
        }
        return new Delivered(run, commits);
    }

    @Test
    void aJobThatReturns_isDoneWithItsTransaction_andNobodyHearsOfItBefore() throws Exception {
        Delivered delivered = deliver(lease("good"));

        assertThat(delivered.committed()).isTrue();
        Settlement done = delivered.run().ifCommitted().orElseThrow();
        assertThat(done.outcome()).isEqualTo(Outcome.Done.INSTANCE);
        assertThat(delivered.run().ended(End.COMMITTED, null)).contains(done);
        assertThat(order).containsExactly("application", "event DONE");
        assertThat(runs).hasValue(1);
    }

    /** Elsewhere they are parked, for want of a transaction. */
    @Test
    void aTransactionalJob_isRun() throws Exception {
        Delivered delivered = deliver(lease("whole"));

        assertThat(delivered.committed()).isTrue();
        assertThat(runs).hasValue(1);
        assertThat(delivered.run().ended(End.COMMITTED, null)).isPresent();
        assertThat(log.count("GOOSE-4113")).isZero();
    }

    @Test
    void aJobThatFails_marksItsTransaction_andIsRetriedWhenThatIsOver() throws Exception {
        Lease lease = lease("bad");
        TestTransactions.transactionManager().begin();
        TransactedRun run = runner().begin(lease, watch());
        assertThat(state()).isEqualTo(State.ROLLBACK);
        assertThat(run.ifCommitted()).isEmpty();
        assertThat(order).isEmpty();
        TestTransactions.transactionManager().rollback();

        assertThat(outcome(run.ended(End.ROLLED_BACK, null))).isInstanceOf(Outcome.Retry.class);

        assertThat(order).containsExactly("application", "handler in NONE of bad: as told", "event RETRY");
        assertThat(log.count("GOOSE-4104")).isEqualTo(1);
    }

    private static @Nullable Outcome outcome(Optional<Settlement> end) {
        return end.map(Settlement::outcome).orElse(null);
    }

    @Test
    void aTransactionThatWasRolledBackByOthers_isTheJobsFailure_withTheReason() throws Exception {
        TransactedRun run = deliver(lease("good")).run();

        assertThat(outcome(run.ended(End.ROLLED_BACK, "the database said no"))).isInstanceOf(Outcome.Retry.class);

        assertThat(order.get(1))
                .contains("handler in NONE of good: GOOSE-4220", "although its method returned: the database said no");
        assertThat(order).endsWith("rolled back", "event RETRY");
    }

    @Test
    void aJobThatMarksItsTransaction_hasFailed_thoughItReturns() throws Exception {
        Delivered delivered = deliver(lease("marks"));

        assertThat(delivered.committed()).isFalse();
        assertThat(outcome(delivered.run().ended(End.ROLLED_BACK, null))).isInstanceOf(Outcome.Retry.class);
        assertThat(order.get(1)).contains("GOOSE-4220", "it was marked for rollback");
    }

    @Test
    void aJobThatEndsItsTransaction_hasFailed_andLeavesNothingOnItsThread() throws Exception {
        Delivered delivered = deliver(lease("commits"));

        assertThat(delivered.committed()).isFalse();
        assertThat(outcome(delivered.run().ended(End.ROLLED_BACK, null))).isInstanceOf(Outcome.Retry.class);
        assertThat(order.get(1)).contains("GOOSE-4224");
        assertThat(log.count("GOOSE-4114")).as("what it began instead").isEqualTo(1);
    }

    @Test
    void aJobThatDiscardsItself_isRolledBack_andDone() throws Exception {
        Delivered delivered = deliver(lease("discards"));

        assertThat(delivered.committed()).isFalse();
        assertThat(outcome(delivered.run().ended(End.ROLLED_BACK, null))).isEqualTo(Outcome.Done.INSTANCE);
        assertThat(order).containsExactly("application", "event DONE");
    }

    @Test
    void anEndThatNobodyKnows_isNeitherDoneNorFailed() throws Exception {
        TransactedRun run = deliver(lease("good")).run();

        assertThat(run.ended(End.UNKNOWN, null)).isEmpty();

        assertThat(order).containsExactly("application", "event LOST");
    }

    @Test
    void aLostLease_doesNotCommit_andHasNothingToSay() throws Exception {
        Lease lease = lease("good");
        lost = "isLost";

        Delivered delivered = deliver(lease);

        assertThat(delivered.committed()).isFalse();
        assertThat(delivered.run().ended(End.ROLLED_BACK, null)).isEmpty();
        assertThat(order).endsWith("event LOST");
    }

    @Test
    void aJobThatTheStopInterrupts_goesBackWithoutAnAttempt() throws Exception {
        Lease lease = lease("bad");
        lost = "isInterrupted";

        assertThat(outcome(deliver(lease).run().ended(End.ROLLED_BACK, null))).isEqualTo(Outcome.Release.NOW);
    }

    @Test
    void aJobThatTakesTooLong_failsOfThat() throws Exception {
        Lease lease = lease("bad");
        lost = "isOverdue";

        assertThat(outcome(deliver(lease).run().ended(End.ROLLED_BACK, null))).isInstanceOf(Outcome.Dead.class);

        assertThat(order).anyMatch(line -> line.startsWith("death in NONE of bad: GOOSE-4127"));
    }

    @Test
    void aCancelledJob_isNotBegun_andItsHandlersAreToldAfterTheTransaction() throws Exception {
        Lease lease = lease("good");
        lost = "isCancelled";

        Delivered delivered = deliver(lease);

        assertThat(runs).hasValue(0);
        assertThat(outcome(delivered.run().ended(End.ROLLED_BACK, null))).isInstanceOf(Outcome.Cancelled.class);
        assertThat(order).containsExactly("application", "cancelled in NONE");
    }

    @Test
    void aJobThatNobodyKnows_isPassedOn() throws Exception {
        engine.client().performAsync(JobCall.of("good"));
        Lease lease = session.lease("default", 1, 1 << 20).leases().get(0);
        TestEngine other = TestEngine.on(memory.connect())
                .clientOnly()
                .transactions(TestTransactions.surrounding(), TransactionMode.AFTER_COMMIT)
                .start();
        TestTransactions.transactionManager().begin();
        TransactedRun run = other.engine().inbound(null).transacted().begin(lease, watch());
        assertThat(state()).isEqualTo(State.ROLLBACK);
        TestTransactions.transactionManager().rollback();

        assertThat(run.ifCommitted()).isEmpty();
        assertThat(outcome(run.ended(End.ROLLED_BACK, null))).isInstanceOf(Outcome.Release.class);
        other.close();
    }

    @Test
    void withoutATransaction_nothingIsRun() {
        Lease lease = lease("good");

        assertThatThrownBy(() -> runner().begin(lease, watch())).hasMessageContaining("GOOSE-3221");

        assertThat(runs).hasValue(0);
    }

    /** What the engine closes at its stop is needed until a run is over, and that is when its transaction is. */
    @Test
    void aStop_waitsForTransactions() throws Exception {
        Lease after = lease("good");
        TransactedRun run = deliver(lease("good")).run();
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        Thread stop = new Thread(() -> {
            engine.engine().stop();
            stopped.complete(null);
        });
        stop.setDaemon(true);
        stop.start();
        TransactedRunner runner = runner();
        Eventually.until("it stops", () -> {
            try {
                runner.begin(after, watch());
                return false;
            } catch (IllegalStateException refused) { // GOOSE-3221 before, for this thread has no transaction
                return String.valueOf(refused.getMessage()).startsWith("GOOSE-2370");
            }
        });
        assertThat(stopped.isDone()).isFalse();

        assertThat(run.ended(End.COMMITTED, null)).isPresent();

        stopped.get(60, TimeUnit.SECONDS);
    }
}
