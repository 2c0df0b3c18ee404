package io.goose.broker.jdbc;

import static io.goose.transaction.TestTransactions.required;
import static io.goose.transaction.TestTransactions.rolledBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.GooseConfigurationException;
import io.goose.JobCall;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.TestEngine;
import io.goose.engine.transaction.TransactionMode;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.SurroundingTransaction;
import io.goose.tck.BrokerUnderTest;
import io.goose.transaction.EnlistingDataSource;
import io.goose.transaction.TestTransactions;
import io.goose.transaction.TransactionScenarios;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Enqueuing as part of the transaction, in the same database as the application's own tables. */
class JoiningTest extends TransactionScenarios {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final EnlistingDataSource source = newSource();

    private static EnlistingDataSource newSource() {
        try {
            return new EnlistingDataSource("joining" + NUMBERS.incrementAndGet());
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    protected Broker broker() {
        return connect(source);
    }

    private static Broker connect(DataSource source) {
        return JdbcUnderTest.connect(source, Map.of(), BrokerUnderTest.STANDARD_DEAD);
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        source.close();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int orders() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                var result = statement.executeQuery("SELECT COUNT(*) FROM orders")) {
            result.next();
            return result.getInt(1);
        }
    }

    @Test
    void theJobAndTheDataOfItsTransaction_areThereTogetherOrNotAtAll() throws Exception {
        execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
        AtomicReference<JobId> id = new AtomicReference<>();

        required(() -> {
            execute("INSERT INTO orders VALUES (1)");
            id.set(client().performAsync(JobCall.of("ship")));
        });
        rolledBack(() -> {
            execute("INSERT INTO orders VALUES (2)");
            client().performAsync(JobCall.of("ship"));
            TestTransactions.transactionManager().setRollbackOnly();
        });

        assertThat(orders()).isEqualTo(1);
        assertThat(waiting()).containsExactly(id.get()); // at once: there is nothing to wait for
    }

    @Test
    void anIdThatAnOpenTransactionHolds_isNotWaitedForForEver() throws Exception {
        JobId id = JobId.random();
        CountDownLatch enqueued = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread holder = new Thread(() -> {
            try {
                required(() -> {
                    client().with(options -> options.id(id)).performAsync(JobCall.of("a"));
                    enqueued.countDown();
                    Eventually.await(mayEnd);
                });
            } catch (Throwable failed) {
                failure.set(failed);
            }
        });
        holder.start();
        Eventually.await(enqueued);

        rolledBack(() -> assertThatThrownBy(
                        () -> client().with(options -> options.id(id)).performAsync(JobCall.of("a")))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("GOOSE-3060")
                .hasMessageContaining("marked for rollback"));
        mayEnd.countDown();
        holder.join();

        assertThat(failure.get()).isNull();
        assertThat(waiting()).containsExactly(id);
    }

    @Test
    void anAdministratorsCall_doesNotWaitForItsOwnTransactionForEver() throws Exception {
        try (TestEngine engine = TestEngine.on(connect(source))
                .clientOnly()
                .transactions(TestTransactions.surrounding(), TransactionMode.AUTO)
                .start()) {
            JobId id = client().performAsync(JobCall.of("a"));
            rolledBack(() -> {
                execute("UPDATE goose_job SET note = 'mine'");
                assertThatThrownBy(() -> engine.engine().admin("main").delete(id))
                        .isInstanceOf(BrokerUnavailableException.class)
                        .hasMessageContaining("GOOSE-3070")
                        .hasMessageContaining("caller's own transaction")
                        .hasMessageContaining("call after its end");
                TestTransactions.transactionManager().setRollbackOnly();
            });

            assertThat(engine.engine().admin("main").delete(id)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"AUTO, auto", "OUTBOX, outbox"})
    void aDataSourceThatDoesNotTakePart_isRefusedAtTheStart(TransactionMode mode, String configured) {
        JdbcConnectionPool alone = JdbcUnderTest.pool();
        Broker broker = connect(alone);
        try (TestEngine engine = TestEngine.on(broker)
                .clientOnly()
                .transactions(TestTransactions.surrounding(), mode)
                .build()) {
            assertThatThrownBy(engine::start)
                    .isInstanceOf(GooseConfigurationException.class)
                    .hasMessageContaining("GOOSE-4306")
                    .hasMessageContaining("'main'")
                    .hasMessageContaining("(goose.transaction=" + configured + ")")
                    .hasMessageContaining("jta=\"true\"");
            assertThat(broker.stats(QUEUE).scheduled()).isZero(); // what was tried is not left behind
        } finally {
            alone.dispose();
        }
    }

    @Test
    void aDatabaseThatIsAwayAtTheStart_isTriedAtTheFirstUse() throws Exception {
        JdbcConnectionPool alone = JdbcUnderTest.pool();
        AtomicInteger refusals = new AtomicInteger(1);
        DataSource later = refusing(alone, refusals);
        try (TestEngine engine = TestEngine.on(connect(later))
                .clientOnly()
                .transactions(TestTransactions.surrounding(), TransactionMode.AUTO)
                .start()) {
            assertThat(refusals.get()).isZero();

            assertThatThrownBy(() -> required(() -> engine.client().performAsync(JobCall.of("a"))))
                    .isInstanceOf(GooseConfigurationException.class)
                    .hasMessageContaining("GOOSE-4306");
        } finally {
            alone.dispose();
        }
    }

    @Test
    void whereNobodyMayTryIt_itIsTrusted() throws Exception {
        SurroundingTransaction given = TestTransactions.surrounding();
        SurroundingTransaction guarded = (SurroundingTransaction) Proxy.newProxyInstance(
                JoiningTest.class.getClassLoader(),
                new Class<?>[] {SurroundingTransaction.class},
                (self, method, args) -> {
                    if (method.getName().equals("demarcation")) {
                        throw new IllegalStateException("not here");
                    }
                    return method.invoke(given, args);
                });
        AtomicReference<JobId> id = new AtomicReference<>();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = TestEngine.on(connect(source))
                        .clientOnly()
                        .transactions(guarded, TransactionMode.AUTO)
                        .start()) {
            assertThat(log.messages())
                    .anyMatch(message -> message.contains("GOOSE-4308") && !message.contains("ransactional job"));
            required(() -> id.set(engine.client().performAsync(JobCall.of("a"))));
        }

        assertThat(waiting()).containsExactly(id.get());
    }

    /** Fails for so many connections, as a database that is away. */
    private static DataSource refusing(DataSource real, AtomicInteger times) {
        return (DataSource) Proxy.newProxyInstance(
                JoiningTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, args) -> {
                    if (times.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                        throw new SQLException("away", "08001");
                    }
                    return method.invoke(real, args);
                });
    }

    @Test
    void immediate_sendsOutsideOfTheTransaction() throws Exception {
        try (TestEngine immediate = TestEngine.on(connect(source))
                .clientOnly()
                .transactions(TestTransactions.surrounding(), TransactionMode.IMMEDIATE)
                .start()) {
            AtomicReference<JobId> id = new AtomicReference<>();
            rolledBack(() -> {
                id.set(immediate.client().performAsync(JobCall.of("a")));
                TestTransactions.transactionManager().setRollbackOnly();
            });

            assertThat(waiting()).containsExactly(id.get());
        }
    }

    @Test
    void aWorkerThatWaits_isWokenByTheCommit() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        try (TestEngine worker = TestEngine.on(connect(source))
                .job("a", arguments -> {
                    ran.countDown();
                    return null;
                })
                .transactions(TestTransactions.surrounding(), TransactionMode.AUTO)
                .start()) {
            required(() -> worker.client().performAsync(JobCall.of("a")));
            Eventually.await(ran);
            worker.drained(QUEUE);
        }
    }
}
