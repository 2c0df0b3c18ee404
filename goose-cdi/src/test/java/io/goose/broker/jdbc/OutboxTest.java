package io.goose.broker.jdbc;

import static io.goose.transaction.TestTransactions.required;
import static io.goose.transaction.TestTransactions.rolledBack;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.GooseConfigurationException;
import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobLost;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.FaultyBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.engine.LogCapture;
import io.goose.engine.TestEngine;
import io.goose.engine.transaction.TransactionMode;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.SendResult;
import io.goose.tck.BrokerUnderTest;
import io.goose.transaction.EnlistingDataSource;
import io.goose.transaction.TestTransactions;
import io.goose.transaction.TransactionScenarios;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs for a broker that knows nothing of transactions, through an outbox in the application's database. */
class OutboxTest extends TransactionScenarios {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final EnlistingDataSource source = newSource();
    private final MemoryBroker target = MemoryBroker.withClock(InstantSource.system());
    private final FaultyBroker faulty = new FaultyBroker(target);

    private static EnlistingDataSource newSource() {
        try {
            return new EnlistingDataSource(
                    "outbox" + NUMBERS.incrementAndGet(), Duration.ofSeconds(20)); // none is held on purpose
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Broker connect(DataSource source) {
        return JdbcUnderTest.connect(source, Map.of(), BrokerUnderTest.STANDARD_DEAD);
    }

    @Override
    protected Broker broker() {
        return faulty;
    }

    @Override
    protected TransactionMode mode() {
        return TransactionMode.OUTBOX;
    }

    @Override
    protected void configure(TestEngine.Builder builder) {
        builder.outbox("db", connect(source));
    }

    /** Another process, on the same broker and the same outbox. */
    private TestEngine.Builder another(Broker broker) {
        return TestEngine.on(broker)
                .clientOnly()
                .outbox("db", connect(source))
                .transactions(TestTransactions.surrounding(), TransactionMode.AUTO);
    }

    @AfterEach
    void closeDatabase() throws SQLException {
        source.close();
    }

    private int rows() {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM goose_outbox")) {
            result.next();
            return result.getInt(1);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void whatWasSent_isNotInTheOutboxAnyMore() throws Exception {
        JobId[] id = new JobId[1];
        required(() -> {
            id[0] = client().performAsync(JobCall.of("a"));
            assertThat(rows()).isEqualTo(1);
        });

        awaitWaiting(id[0]);
        Eventually.until("the outbox is empty", () -> rows() == 0);
    }

    @Test
    void anOutage_isRiddenOut_andKeepsTheOrder() throws Exception {
        faulty.before(Call.SEND, () -> {
            throw new IllegalStateException("away");
        });
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            required(() -> ids.add(client().performAsync(JobCall.of("a"))));
        }
        Eventually.until("it was tried three times", () -> faulty.count(Call.SEND) >= 3);
        assertThat(rows()).isEqualTo(5);
        faulty.heal(Call.SEND);

        awaitWaiting(ids.toArray(JobId[]::new));
        Eventually.until("the outbox is empty", () -> rows() == 0);
    }

    @Test
    void aLostAnswer_doesNotLeadToASecondJob() throws Exception {
        faulty.after(Call.SEND, () -> {
            faulty.heal(Call.SEND);
            throw new IllegalStateException("the answer is lost");
        });

        JobId[] id = new JobId[1];
        required(() -> id[0] = client().performAsync(JobCall.of("a")));
        Eventually.until("the outbox is empty", () -> rows() == 0);

        awaitWaiting(id[0]);
        assertThat(faulty.count(Call.SEND)).isEqualTo(2);
    }

    @Test
    void whatAnotherProcessLeft_isSentByTheNext() throws Exception {
        faulty.before(Call.SEND, () -> {
            throw new IllegalStateException("away for this process too");
        });
        FaultyBroker away = new FaultyBroker(target.connect());
        away.before(Call.SEND, () -> {
            throw new IllegalStateException("away");
        });
        List<JobId> ids = new ArrayList<>();
        try (TestEngine dies = another(away).start()) {
            required(() -> ids.add(dies.client().performAsync(JobCall.of("a"))));
            Eventually.until("it was tried", () -> away.count(Call.SEND) > 0);
        }
        assertThat(rows()).isEqualTo(1);

        try (TestEngine next = another(target.connect()).start()) {
            Eventually.until(
                    "it is sent without anybody's commit",
                    () -> next.stats(QUEUE).waiting() == 1);
        }
        awaitWaiting(ids.get(0));
    }

    @Test
    void whatIsInTheOutbox_isSentAlsoWhereNothingIsWrittenThereAnyMore() throws Exception {
        FaultyBroker away = new FaultyBroker(target.connect());
        away.before(Call.SEND, () -> {
            throw new IllegalStateException("away");
        });
        try (TestEngine before = another(away).start()) {
            required(() -> before.client().performAsync(JobCall.of("a")));
        }

        try (TestEngine next = another(target.connect())
                .transactions(TestTransactions.surrounding(), TransactionMode.AFTER_COMMIT)
                .start()) {
            Eventually.until("it is sent", () -> next.stats(QUEUE).waiting() == 1);
        }
    }

    @Test
    void twoRelays_sendEachJobOnce() throws Exception {
        List<JobId> ids = new CopyOnWriteArrayList<>();
        try (TestEngine other = another(target.connect()).start()) {
            List<Thread> threads = new ArrayList<>();
            for (TestEngine each : List.of(engine(), other)) {
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 100; i++) {
                        try {
                            required(() -> ids.add(each.client().performAsync(JobCall.of("a"))));
                        } catch (Exception failed) {
                            throw new IllegalStateException(failed);
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            Eventually.until("the outbox is empty", () -> rows() == 0);
        }

        assertThat(ids).hasSize(200);
        assertThat(waiting()).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void whatTheBrokerRefuses_isReportedAsLost() throws Exception {
        List<JobLost> lost = new CopyOnWriteArrayList<>();
        Broker refusing = (Broker) Proxy.newProxyInstance(
                OutboxTest.class.getClassLoader(), new Class<?>[] {Broker.class}, (self, method, args) -> {
                    if (method.getName().equals("send")) {
                        List<?> jobs = (List<?>) args[0];
                        return CompletableFuture.completedFuture(jobs.stream()
                                .map(job -> new SendResult.Rejected("GOOSE-3001", "GOOSE-3001: not this one"))
                                .toList());
                    }
                    return method.invoke(target, args);
                });
        JobId[] id = new JobId[1];
        try (LogCapture log = LogCapture.open();
                TestEngine engine = another(refusing)
                        .failureHandler(new JobFailureHandler() {
                            @Override
                            public void onLost(JobLost jobs) {
                                lost.add(jobs);
                            }
                        })
                        .start()) {
            required(() -> id[0] = engine.client().performAsync(JobCall.of("a")));
            Eventually.until("it is reported", () -> !lost.isEmpty());
            assertThat(log.messages()).anyMatch(message -> message.contains("GOOSE-4301"));
            Eventually.until("the outbox is empty", () -> rows() == 0);
        }

        assertThat(lost).singleElement().satisfies(jobs -> assertThat(jobs.ids())
                .containsExactly(id[0]));
    }

    @Test
    void anOutboxThatCannotBeWritten_rollsTheTransactionBack() throws Exception {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE goose_outbox RENAME TO goose_gone");
        }
        rolledBack(() -> assertThatThrownBy(() -> client().performAsync(JobCall.of("a")))
                .hasMessageContaining("GOOSE-3042")
                .hasMessageContaining("marked for rollback"));
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER TABLE goose_gone RENAME TO goose_outbox");
        }

        assertNothing();
    }

    @Test
    void aBrokerThatHasToHaveAnOutbox_isRefusedWithoutOne() {
        assertThatThrownBy(() -> TestEngine.on(target.connect())
                        .clientOnly()
                        .transactions(TestTransactions.surrounding(), TransactionMode.OUTBOX)
                        .build())
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContaining("GOOSE-2137")
                .hasMessageContaining("goose.broker.main.outbox");
        assertThatThrownBy(() -> TestEngine.on(target.connect())
                        .clientOnly()
                        .outbox("other", MemoryBroker.withClock(InstantSource.system()))
                        .transactions(TestTransactions.surrounding(), TransactionMode.AUTO)
                        .build())
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContaining("GOOSE-2138");
    }

    @Test
    void anOutboxWhoseDataSourceDoesNotTakePart_isRefusedAtTheStart() throws Exception {
        JdbcConnectionPool alone = JdbcUnderTest.pool();
        try (TestEngine engine = TestEngine.on(target.connect())
                .clientOnly()
                .outbox("db", connect(alone))
                .transactions(TestTransactions.surrounding(), TransactionMode.AUTO)
                .build()) {
            assertThatThrownBy(engine::start)
                    .isInstanceOf(GooseConfigurationException.class)
                    .hasMessageContaining("GOOSE-4306")
                    .hasMessageContaining("'db'");
        } finally {
            alone.dispose();
        }
    }
}
