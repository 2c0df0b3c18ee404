package io.goose.transaction;

import static io.goose.transaction.TestTransactions.required;
import static io.goose.transaction.TestTransactions.requiresNew;
import static io.goose.transaction.TestTransactions.rolledBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.EnqueueRejectedException;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.engine.Eventually;
import io.goose.engine.TestEngine;
import io.goose.engine.transaction.TransactionMode;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import jakarta.transaction.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an enqueue in a transaction means, by whatever way it is bound to it. */
@Timeout(180)
public abstract class TransactionScenarios {

    protected static final String QUEUE = "default";

    private final List<String> seen = new ArrayList<>();
    private TestEngine engine;

    /** Where the jobs go. */
    protected abstract Broker broker();

    protected TransactionMode mode() {
        return TransactionMode.AUTO;
    }

    @BeforeEach
    void startEngine() {
        engine = TestEngine.on(broker())
                .clientOnly()
                .enqueueMiddleware(invocation -> {
                    seen.add(invocation.call().handler());
                    return invocation.proceed();
                })
                .transactions(TestTransactions.surrounding(), mode())
                .with(this::configure)
                .start();
    }

    /** More about the engine. */
    protected void configure(TestEngine.Builder builder) {
        // Nothing more is needed for most.
    }

    @AfterEach
    void stopEngine() {
        engine.close();
    }

    protected final GooseClient client() {
        return engine.client();
    }

    protected final TestEngine engine() {
        return engine;
    }

    /** The ids of what is ready, in its order. */
    protected final List<JobId> waiting() {
        return ids(Place.WAITING);
    }

    private List<JobId> ids(Place place) {
        return engine.engine().admin("main").list(QUEUE, place, 0, 1000).stream()
                .map(StoredJob::job)
                .map(job -> job.id())
                .toList();
    }

    /** Waits until exactly these are ready, in this order. */
    protected final void awaitWaiting(JobId... ids) {
        Eventually.until(
                List.of(ids) + " wait, there are " + waiting(), () -> waiting().equals(List.of(ids)));
    }

    /** Sees that nothing is there, and that nothing is on its way: what is enqueued now comes alone. */
    protected final void assertNothing() throws Exception {
        AtomicReference<JobId> marker = new AtomicReference<>();
        required(() -> marker.set(client().performAsync(JobCall.of("marker"))));
        Eventually.until("the marker waits", () -> waiting().contains(marker.get()));
        assertThat(waiting()).containsExactly(marker.get());
        assertThat(ids(Place.SCHEDULED)).isEmpty();
    }

    @Test
    void whatIsEnqueuedInATransaction_isThereAfterItsCommit_andNotBefore() throws Exception {
        AtomicReference<JobId> id = new AtomicReference<>();

        required(() -> {
            id.set(client().performAsync(JobCall.of("a")));
            AtomicReference<List<JobId>> others = new AtomicReference<>();
            TestTransactions.requiresNew(() -> others.set(waiting()));
            assertThat(others.get()).isEmpty();
        });

        awaitWaiting(id.get());
        assertThat(seen).containsExactly("a");
    }

    @Test
    void ofARolledBackTransaction_nothingIsThere() throws Exception {
        TestTransactions.transactionManager().begin();
        client().performAsync(JobCall.of("a"));
        client().performAll(List.of(JobCall.of("b"), JobCall.of("c")));
        client().performIn(Duration.ofHours(1), JobCall.of("d"));
        TestTransactions.transactionManager().rollback();

        assertNothing();
    }

    @Test
    void ofATransactionThatIsMarkedAfterwards_nothingIsThere() throws Exception {
        rolledBack(() -> {
            client().performAsync(JobCall.of("a"));
            TestTransactions.transactionManager().setRollbackOnly();
        });

        assertNothing();
    }

    @Test
    void ofATransactionWhoseMethodThrows_nothingIsThere() throws Exception {
        assertThatThrownBy(() -> required(() -> {
                    client().performAsync(JobCall.of("a"));
                    throw new IllegalStateException("the method failed");
                }))
                .hasMessage("the method failed");

        assertNothing();
    }

    @Test
    void ofATransactionThatTimesOut_nothingIsThere_andItTakesNoMore() throws Exception {
        TestTransactions.transactionManager().setTransactionTimeout(3);
        try {
            TestTransactions.transactionManager().begin();
            client().performAsync(JobCall.of("a"));
            Eventually.until(
                    "the transaction times out",
                    () -> TestTransactions.registry().getTransactionStatus() != Status.STATUS_ACTIVE);

            assertThatThrownBy(() -> client().performAsync(JobCall.of("b")))
                    .isInstanceOf(EnqueueRejectedException.class)
                    .hasMessageStartingWith("GOOSE-1021");
            TestTransactions.transactionManager().rollback();
        } finally {
            TestTransactions.transactionManager().setTransactionTimeout(0);
        }

        assertNothing();
    }

    @Test
    void aTransactionThatIsMarked_takesNothing() throws Exception {
        rolledBack(() -> {
            TestTransactions.transactionManager().setRollbackOnly();

            assertThatThrownBy(() -> client().performAsync(JobCall.of("a")))
                    .isInstanceOf(EnqueueRejectedException.class)
                    .hasMessageStartingWith("GOOSE-1021");
            assertThatThrownBy(() -> client().performAll(List.of(JobCall.of("a"), JobCall.of("b"))))
                    .isInstanceOf(EnqueueRejectedException.class)
                    .hasMessageStartingWith("GOOSE-1021");
        });

        assertNothing();
    }

    @Test
    void aNewTransactionInsideOfOneThatRollsBack_keepsItsOwn() throws Exception {
        AtomicReference<JobId> inner = new AtomicReference<>();

        rolledBack(() -> {
            client().performAsync(JobCall.of("outer"));
            requiresNew(() -> inner.set(client().performAsync(JobCall.of("inner"))));
            awaitWaiting(inner.get()); // its commit is its own
            client().performAsync(JobCall.of("outer"));
            TestTransactions.transactionManager().setRollbackOnly();
        });

        awaitWaiting(inner.get());
    }

    @Test
    void aNewTransactionThatRollsBack_leavesTheOuterOneItsOwn() throws Exception {
        List<JobId> outer = new ArrayList<>();

        required(() -> {
            outer.add(client().performAsync(JobCall.of("outer")));
            assertThatThrownBy(() -> requiresNew(() -> {
                        client().performAsync(JobCall.of("inner"));
                        throw new IllegalStateException("inner failed");
                    }))
                    .hasMessage("inner failed");
            outer.add(client().performAsync(JobCall.of("outer")));
        });

        awaitWaiting(outer.toArray(JobId[]::new));
    }

    @Test
    void withoutATransaction_aJobIsThereAtOnce() {
        JobId id = client().performAsync(JobCall.of("a"));

        assertThat(waiting()).containsExactly(id);
    }

    @Test
    void manyJobs_keepTheirOrder() throws Exception {
        List<JobId> ids = new ArrayList<>();

        required(() -> {
            ids.add(client().performAsync(JobCall.of("first")));
            ids.addAll(client().performAll(IntStream.range(0, 700)
                    .mapToObj(i -> JobCall.of("many"))
                    .toList()));
            ids.add(client().performAsync(JobCall.of("last")));
        });

        awaitWaiting(ids.toArray(JobId[]::new));
    }

    @Test
    void aDelay_isKept() throws Exception {
        AtomicReference<JobId> id = new AtomicReference<>();

        required(() -> id.set(client().performIn(Duration.ofHours(1), JobCall.of("a"))));

        Eventually.until("the job is scheduled", () -> ids(Place.SCHEDULED).equals(List.of(id.get())));
        assertThat(waiting()).isEmpty();
    }

    @Test
    void aJobWithAnIdThatIsThere_isNotAddedAgain() throws Exception {
        JobId id = JobId.random();

        required(() -> {
            client().with(options -> options.id(id)).performAsync(JobCall.of("a"));
            client().with(options -> options.id(id)).performAsync(JobCall.of("a"));
        });
        awaitWaiting(id);
        required(() -> assertThat(client().with(options -> options.id(id)).performAsync(JobCall.of("a")))
                .isEqualTo(id));
        JobId after = client().performAsync(JobCall.of("after"));

        awaitWaiting(id, after);
    }

    @Test
    void afterTheCommit_inWhatItCalls_aJobIsSentAtOnce() throws Exception {
        AtomicReference<JobId> id = new AtomicReference<>();

        required(() -> TestTransactions.registry()
                .registerInterposedSynchronization(
                        new AfterCompletion(() -> id.set(client().performAsync(JobCall.of("after"))))));

        assertThat(waiting()).containsExactly(id.get());
    }

    @Test
    void theQueuesCanBeLookedAtAndChanged_inATransaction() throws Exception {
        JobId present = client().performAsync(JobCall.of("present"));

        rolledBack(() -> {
            assertThat(waiting()).containsExactly(present);
            assertThat(engine.engine().admin("main").delete(present)).isTrue();
            TestTransactions.transactionManager().setRollbackOnly();
        });

        assertNothing(); // what an admin does is no part of the transaction
    }
}
