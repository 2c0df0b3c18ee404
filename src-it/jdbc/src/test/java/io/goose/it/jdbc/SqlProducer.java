package io.goose.it.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.engine.Eventually;
import io.goose.engine.TestEngine;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A producer that uses nothing but what is printed in {@code docs/wire-format.md}. */
abstract class SqlProducer {

    private static final Path PAGE = Path.of("..", "..", "docs", "wire-format.md");

    abstract DatabaseSetUp setUp();

    /** The heading of the page above the statements. */
    abstract String heading();

    private List<String> printed() throws IOException {
        Matcher block = Pattern.compile("(?s)### " + heading() + "\n.*?```sql\n(.*?)```")
                .matcher(Files.readString(PAGE));
        assertThat(block.find()).as("statements under " + heading()).isTrue();
        List<String> statements = new ArrayList<>();
        for (String statement : block.group(1).split(";", -1)) {
            if (!statement.isBlank()) {
                statements.add(statement.strip());
            }
        }
        return statements;
    }

    private static int run(DatabaseSetUp setUp, List<String> statements) throws SQLException {
        int rows = 0;
        try (Connection connection = setUp.pool().getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                rows = statement.executeUpdate(sql);
            }
        }
        return rows;
    }

    @Test
    void thePrintedStatements_addAJobOnce_andAWorkerRunsIt() throws Exception {
        BlockingQueue<List<Object>> ran = new LinkedBlockingQueue<>();
        BrokerSettings settings = new BrokerSettings(
                "main", "goose", Map.of(), Duration.ofHours(1), new DeadRetention(100, Duration.ofDays(1)));
        try (DatabaseSetUp setUp = setUp();
                Broker broker =
                        JdbcBrokerFactory.of(setUp.pool()).create(settings, (name, body) -> new Thread(body, name))) {
            broker.check(); // makes the tables
            assertThat(run(setUp, printed())).as("rows").isEqualTo(1);
            run(setUp, printed()); // how many rows that changes the clients of MariaDB count differently
            assertThat(broker.stats("mail").waiting()).isEqualTo(1);

            try (TestEngine engine = TestEngine.on(broker)
                    .queues("mail")
                    .job(
                            "com.acme.Mailer#sendWelcome",
                            arguments -> {
                                ran.add(List.copyOf(arguments));
                                return null;
                            },
                            String.class,
                            String.class)
                    .start()) {
                assertThat(Eventually.next(ran)).containsExactly("Ann", "9223372036854775807");
                engine.drained("mail");
            }
        }
        assertThat(ran).isEmpty();
    }
}
