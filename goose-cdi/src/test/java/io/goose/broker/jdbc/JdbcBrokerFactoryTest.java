package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.GooseConfigurationException;
import io.goose.admin.Place;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.SendResult;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TestJobs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from the properties of a JDBC broker, what is said about mistakes, and what is done about the tables. */
final class JdbcBrokerFactoryTest {

    private static final String QUEUE = "mail";

    private final JdbcConnectionPool pool = JdbcUnderTest.pool();

    @AfterEach
    void close() {
        pool.dispose();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(Map.of(), "GOOSE-3045", "goose.broker.main.datasource"),
                Arguments.of(Map.of("datasource", " "), "GOOSE-3045", "goose.broker.main.datasource"),
                Arguments.of(Map.of("datasource", "d", "url", "jdbc:h2:x"), "GOOSE-3045", "goose.broker.main.url"),
                Arguments.of(Map.of("datasource", "d", "schema", "drop"), "GOOSE-3047", "schema='drop'"),
                Arguments.of(Map.of("datasource", "d", "db-schema", "a-b"), "GOOSE-3048", "db-schema='a-b'"),
                Arguments.of(Map.of("datasource", "d", "table-prefix", "x;"), "GOOSE-3048", "table-prefix='x;'"),
                Arguments.of(Map.of("datasource", "d", "table-prefix", "1x"), "GOOSE-3048", "'1x'"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistake_isToldWithItsKeyAndAMend(Map<String, String> properties, String code, String part) {
        assertThat(new JdbcBrokerFactory()
                        .problems(JdbcUnderTest.settings(properties, "goose", BrokerUnderTest.STANDARD_DEAD)))
                .singleElement()
                .asString()
                .startsWith(code + ": ")
                .contains(part)
                .contains(";");
    }

    @Test
    void allMistakes_areToldTogether() {
        Map<String, String> wrong = Map.of("schema", "x", "db-schema", "?", "table-prefix", "?");

        assertThat(new JdbcBrokerFactory()
                        .problems(JdbcUnderTest.settings(wrong, "goose", BrokerUnderTest.STANDARD_DEAD)))
                .hasSize(4);
    }

    @Test
    void aGivenDataSource_needsNoName_andTakesNone() {
        BrokerFactory factory = JdbcBrokerFactory.of(pool);

        assertThat(factory.problems(JdbcUnderTest.settings(Map.of(), "goose", BrokerUnderTest.STANDARD_DEAD)))
                .isEmpty();
        assertThat(factory.problems(
                        JdbcUnderTest.settings(Map.of("datasource", "d"), "goose", BrokerUnderTest.STANDARD_DEAD)))
                .singleElement()
                .asString()
                .startsWith("GOOSE-3045: ");
    }

    @Test
    void aNameWithNothingBound_isRefusedAtOnce() {
        assertThatThrownBy(() -> new JdbcBrokerFactory()
                        .create(
                                JdbcUnderTest.settings(
                                        Map.of("datasource", "java:comp/env/none"),
                                        "goose",
                                        BrokerUnderTest.STANDARD_DEAD),
                                JdbcUnderTest::daemon))
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageStartingWith("GOOSE-3046: ")
                .hasMessageContaining("goose.broker.main.datasource='java:comp/env/none'");
    }

    @Test
    void theServiceLoader_findsIt() {
        assertThat(ServiceLoader.load(BrokerFactory.class))
                .filteredOn(JdbcBrokerFactory.class::isInstance)
                .singleElement()
                .satisfies(factory -> assertThat(factory.kind()).isEqualTo("jdbc"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"validate", "none"})
    void missingTables_areReportedWithTheMend_andNothingIsMade(String schema) throws SQLException {
        try (Broker broker = connect(Map.of("schema", schema))) {
            assertThatThrownBy(broker::queues)
                    .isInstanceOf(BrokerRefusedException.class)
                    .hasMessageStartingWith("GOOSE-3042: ")
                    .hasMessageContaining("schema=create");
            assertThat(tables("PUBLIC")).isEmpty();
        }
    }

    @Test
    void anOlderVersionOfTheTables_isRefused() throws SQLException {
        try (Broker first = connect(Map.of())) {
            first.check();
        }
        execute("DELETE FROM goose_schema WHERE version > 0");
        try (Broker broker = connect(Map.of("schema", "validate"))) {
            assertThatThrownBy(broker::check)
                    .isInstanceOf(BrokerRefusedException.class)
                    .hasMessageStartingWith("GOOSE-3042: ")
                    .hasMessageContaining("version 0")
                    .hasMessageContaining("is needed");
        }
    }

    @Test
    void tablesThatWereMade_passValidation_andAreMadeOnce() {
        try (Broker first = connect(Map.of());
                Broker again = connect(Map.of("schema", "create"));
                Broker validating = connect(Map.of("schema", "validate"))) {
            QueuedJob job = TestJobs.job(QUEUE);
            send(first, job);

            assertThat(again.find(QUEUE, job.id())).isPresent();
            assertThat(validating.find(QUEUE, job.id())).isPresent();
        }
    }

    /** Whoever stopped between the statements of a file left some of its tables. */
    @Test
    void aSchemaThatWasLeftHalfMade_isCompleted() throws SQLException {
        try (Broker first = connect(Map.of())) {
            first.check();
        }
        execute("DROP TABLE goose_mark", "DROP TABLE goose_need", "DELETE FROM goose_schema WHERE version > 0");
        try (Broker broker = connect(Map.of())) {
            send(broker, TestJobs.job(QUEUE));
            assertThat(broker.stats(QUEUE).waiting()).isEqualTo(1);
        }
    }

    @Test
    void theTables_standInTheSchemaAndUnderThePrefixThatAreConfigured() throws SQLException {
        execute("CREATE SCHEMA work");
        Map<String, String> properties = Map.of("db-schema", "work", "table-prefix", "bg_");
        try (Broker broker = connect(properties)) {
            QueuedJob job = TestJobs.job(QUEUE);
            send(broker, job);

            assertThat(broker.find(QUEUE, job.id())).isPresent();
        }
        assertThat(tables("PUBLIC")).isEmpty();
        assertThat(tables("WORK"))
                .containsExactly(
                        "BG_BATCH",
                        "BG_BATCH_CALL",
                        "BG_BATCH_MARK",
                        "BG_BATCH_MEMBER",
                        "BG_BATCH_PART",
                        "BG_BEAT",
                        "BG_BOUND",
                        "BG_BUCKET",
                        "BG_CANCEL",
                        "BG_CRON",
                        "BG_JOB",
                        "BG_KEYED",
                        "BG_MARK",
                        "BG_NEED",
                        "BG_OUTBOX",
                        "BG_QUEUE",
                        "BG_RESULT",
                        "BG_SCHEMA",
                        "BG_SERVED",
                        "BG_SESSION",
                        "BG_SETTLED",
                        "BG_TURN",
                        "BG_UNIQUE_KEY");
    }

    @Test
    void namespaces_shareTablesAndNoQueues() {
        try (Broker one = connect(Map.of());
                Broker other = JdbcBrokerFactory.of(pool)
                        .create(
                                JdbcUnderTest.settings(Map.of(), "other", BrokerUnderTest.STANDARD_DEAD),
                                JdbcUnderTest::daemon)) {
            QueuedJob job = TestJobs.job(QUEUE);
            send(one, job);

            assertThat(one.queues()).containsExactly(QUEUE);
            assertThat(other.queues()).isEmpty();
            assertThat(other.find(QUEUE, job.id())).isEmpty();
            send(other, job);
            assertThat(one.list(QUEUE, Place.WAITING, 0, 10)).hasSize(1);
            assertThat(other.list(QUEUE, Place.WAITING, 0, 10)).hasSize(1);
        }
    }

    @Test
    void aDatabaseOfAnotherKind_isRefused_andSoIsAnOldOne() {
        assertThatThrownBy(() -> Dialect.of("Oracle", 23, 0)).hasMessageStartingWith("GOOSE-3041: ");
        assertThatThrownBy(() -> Dialect.of("MySQL", 8, 0)).hasMessageStartingWith("GOOSE-3041: ");
        assertThatThrownBy(() -> Dialect.of("MariaDB", 10, 5)).hasMessageContaining("10.6");
        assertThat(Dialect.of("MariaDB", 11, 0)).isEqualTo(Dialect.MARIADB);
        assertThat(Dialect.of("PostgreSQL", 12, 0)).isEqualTo(Dialect.POSTGRESQL);
    }

    private Broker connect(Map<String, String> properties) {
        return JdbcUnderTest.connect(pool, properties, BrokerUnderTest.STANDARD_DEAD);
    }

    private static void send(Broker broker, QueuedJob job) {
        assertThat(broker.send(List.of(job)).toCompletableFuture().join())
                .containsExactly(SendResult.Accepted.INSTANCE);
    }

    private void execute(String... statements) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Set<String> tables(String schema) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (Connection connection = pool.getConnection();
                ResultSet tables = connection.getMetaData().getTables(null, schema, "%", new String[] {"BASE TABLE"})) {
            while (tables.next()) {
                names.add(tables.getString("TABLE_NAME"));
            }
        }
        return names;
    }
}
