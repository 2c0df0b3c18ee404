package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many bytes of envelopes come from the database, where there are more jobs than may be in memory together. */
final class BytesReadTest {

    private static final int LARGE = 64 << 10;
    private static final int MANY = 200;

    private final AtomicLong bytesRead = new AtomicLong();
    private final JdbcConnectionPool pool = JdbcUnderTest.pool();
    private final DataSource source = around(DataSource.class, pool);

    @AfterEach
    void close() {
        pool.dispose();
    }

    private <T> T around(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object result;
                    try {
                        result = method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                    if (result instanceof byte[] bytes) {
                        bytesRead.addAndGet(bytes.length);
                    } else if (result instanceof PreparedStatement statement) {
                        return around(PreparedStatement.class, statement);
                    } else if (result instanceof ResultSet rows) {
                        return around(ResultSet.class, rows);
                    } else if (result instanceof Connection connection) {
                        return around(Connection.class, connection);
                    }
                    return result;
                }));
    }

    private static QueuedJob job(int number, int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) number);
        return new QueuedJob("a", JobId.random(), EncodedEnvelope.wrap(bytes), DeliveryState.FRESH);
    }

    @Test
    void aClaimReadsTheLargeEnvelopesThatItLeases_andNoOthers() {
        List<QueuedJob> jobs = IntStream.range(0, MANY)
                .mapToObj(number -> job(number, number % 10 == 9 ? 100 : LARGE))
                .toList();
        try (Broker broker = JdbcUnderTest.connect(source, Map.of(), JdbcUnderTest.STANDARD_DEAD);
                Session session = broker.open(new SessionSpec(
                        List.of("a"), 2, 2, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"))) {
            jobs.forEach(job -> broker.send(List.of(job)).toCompletableFuture().join());
            bytesRead.set(0);

            List<Lease> leases = session.lease("a", 500, 10 * LARGE).leases();

            assertThat(leases)
                    .extracting(Lease::job)
                    .extracting(QueuedJob::envelope)
                    .isEqualTo(jobs.subList(0, 10).stream()
                            .map(QueuedJob::envelope)
                            .toList());
            assertThat(bytesRead.get()).isLessThan(10L * LARGE + MANY / 10 * 100 + 1);
        }
    }

    @Test
    void theOutboxReadsAsManyLargeEnvelopesAsAreSentTogether() {
        Database database = new Database(
                source,
                JdbcSettings.read(
                        JdbcUnderTest.settings(Map.of(), "goose", JdbcUnderTest.STANDARD_DEAD),
                        true,
                        new ArrayList<>()),
                "the test's");
        database.inTransaction("look", statements -> 1);
        JdbcOutbox outbox = new JdbcOutbox(database, "goose");
        List<QueuedJob> jobs =
                IntStream.range(0, MANY).mapToObj(number -> job(number, LARGE)).toList();
        outbox.write("main", jobs);
        List<EncodedEnvelope> sent = new ArrayList<>();
        long mostAtOnce = 0;

        int taken;
        do {
            bytesRead.set(0);
            taken = outbox.relay("main", Set.of(), 500, found -> {
                found.forEach(job -> sent.add(job.envelope()));
                return found.stream().map(job -> true).toList();
            });
            mostAtOnce = Math.max(mostAtOnce, bytesRead.get());
        } while (taken > 0);

        assertThat(sent).isEqualTo(jobs.stream().map(QueuedJob::envelope).toList());
        assertThat(mostAtOnce).isBetween(1L, 4L << 20);
    }
}
