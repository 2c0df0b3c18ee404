package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.JobTimeoutException;
import io.goose.RetryDelay;
import io.goose.engine.Eventually;
import io.goose.engine.TestEngine;
import io.goose.engine.handler.JobInvoker;
import io.goose.engine.transaction.TransactionMode;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.transaction.TestTransactions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactional jobs that are ended before they end by themselves: their transaction holds the row of the job meanwhile. */
@Timeout(180)
class EndedTransactionsTest {

    private static final String QUEUE = "default";
    private static final JobOptions AT_ONCE =
            JobOptions.builder().retryDelay(RetryDelay.fixed(Duration.ZERO)).build();

    private final OrdersDatabase database;
    private final CountDownLatch worked = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();

    EndedTransactionsTest() throws SQLException {
        database = new OrdersDatabase();
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        database.close();
    }

    private TestEngine.Builder engine(JobInvoker body) {
        return database.engine()
                .transactionalJob("order", AT_ONCE, body)
                .transactions(TestTransactions.surrounding(), TransactionMode.AUTO);
    }

    /** Leaves its thread interrupted, which must not keep the transaction from being rolled back. */
    private Object orderAndHang() throws SQLException {
        runs.incrementAndGet();
        database.add(1);
        worked.countDown();
        Eventually.await(never);
        return null;
    }

    @Test
    void oneThatIsCancelled_isRolledBackAndNeverRunsAgain() throws Exception {
        try (TestEngine engine = engine(arguments -> orderAndHang()).start()) {
            JobId id = engine.client().performAsync(JobCall.of("order"));
            Eventually.await(worked);

            assertThat(engine.client().cancel(id)).isEqualTo(CancelResult.ASKED);

            engine.drained(QUEUE);
            assertThat(runs.get()).isEqualTo(1);
            assertThat(database.ids()).isEmpty();
            assertThat(engine.stats(QUEUE).dead()).isZero();
            assertThat(engine.client().cancel(id)).isEqualTo(CancelResult.NOT_FOUND);
        }
        assertThat(database.failures()).isEmpty();
    }

    @Test
    void oneThatTakesTooLong_isRolledBackAndRetried() throws Exception {
        try (TestEngine engine = engine(arguments -> runs.get() == 0 ? orderAndHang() : database.add(2))
                .start()) {
            engine.client().with(o -> o.timeout(Duration.ofMillis(300))).performAsync(JobCall.of("order"));

            engine.drained(QUEUE);
            assertThat(database.ids()).containsExactly(2);
        }
        assertThat(database.failures()) // one, and more where the machine is too busy for the second run too
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure).isInstanceOf(JobTimeoutException.class));
    }
}
