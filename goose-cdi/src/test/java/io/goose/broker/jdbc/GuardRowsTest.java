package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.DeliveryState;
import io.goose.job.Failure;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.spi.GuardedLedger.Kept;
import io.goose.tck.TestJobs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a relay notes of a job whose end is written at that moment. */
final class GuardRowsTest {

    private static final String QUEUE = "a";
    private static final Runnable NOTHING = () -> {};

    private final JdbcConnectionPool pool = JdbcUnderTest.pool();

    /** Done once, after a step found no row and before it inserts one. */
    private final AtomicReference<Runnable> beforeInsert = new AtomicReference<>(NOTHING);

    private final Broker workers =
            JdbcUnderTest.connect(around(DataSource.class, pool), Map.of(), JdbcUnderTest.STANDARD_DEAD);
    private final Broker relays = JdbcUnderTest.connect(pool, Map.of(), JdbcUnderTest.STANDARD_DEAD);
    private final GuardedLedger worker = workers.ledgerFor("composed").orElseThrow();
    private final GuardedLedger relay = relays.ledgerFor("composed").orElseThrow();

    @AfterEach
    void close() {
        workers.close();
        relays.close();
        pool.dispose();
    }

    private <T> T around(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")
                            && arguments[0].toString().startsWith("INSERT INTO goose_job")) {
                        beforeInsert.getAndSet(NOTHING).run();
                    }
                    try {
                        Object result = method.invoke(real, arguments);
                        return result instanceof Connection connection
                                        && method.getName().equals("getConnection")
                                ? around(Connection.class, connection)
                                : result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }

    private static QueuedJob marked() {
        QueuedJob plain = TestJobs.job(QUEUE);
        return new QueuedJob(QUEUE, plain.id(), plain.envelope(), DeliveryState.FRESH, true);
    }

    private static Change retried(QueuedJob ran, String queue) {
        Failure failure = new Failure("java.lang.IllegalStateException", "no", "");
        DeliveryState failed = ran.state().afterFailure(failure, Instant.ofEpochMilli(1));
        QueuedJob next = new QueuedJob(queue, ran.id(), ran.envelope(), failed, true);
        return new Change(ran, new Kept(next, Place.SCHEDULED, Duration.ZERO, null));
    }

    private void settleWhileItIsNoted(Change change, QueuedJob noted) {
        assertThat(relay.maySend(List.of(change.ran()))).containsExactly(true);
        assertThat(worker.begin(List.of(new Delivery(change.ran(), false)))).containsExactly(true);
        beforeInsert.set(() -> relay.noteSent(List.of(noted)));

        worker.settle(List.of(change));

        assertThat(beforeInsert).as("it was noted meanwhile").hasValue(NOTHING);
    }

    private void assertDueOnce(String queue, QueuedJob job) {
        assertThat(worker.takeDue(queue, 10, Duration.ofMinutes(1)).jobs())
                .extracting(QueuedJob::id)
                .containsExactly(job.id());
    }

    @Test
    void aJobThatFails_whileItIsNotedAsSent_isRetried() {
        QueuedJob job = marked();
        settleWhileItIsNoted(retried(job, QUEUE), job);

        assertDueOnce(QUEUE, job);
        assertThat(relay.begin(List.of(new Delivery(job, true)))).containsExactly(false);
    }

    @Test
    void aJobThatEnds_whileItIsNotedAsSent_isOver() {
        QueuedJob job = marked();
        settleWhileItIsNoted(new Change(job, null), job);

        assertThat(relay.begin(List.of(new Delivery(job, true)))).containsExactly(false);
    }

    @Test
    void aJobThatIsRetriedElsewhere_whileItIsNotedAsSent_isOverHere() {
        QueuedJob job = marked();
        settleWhileItIsNoted(retried(job, "b"), job);

        assertDueOnce("b", job);
        assertThat(relay.begin(List.of(new Delivery(job, true)))).containsExactly(false);
    }
}
