package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.QueueNames;
import io.goose.admin.QueueStats;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.PostgreSql;
import io.goose.se.Goose;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What the tests of transactions share: a database, the application's table in it, and the counting of every job by its id. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TransactionsBase extends ChaosBase {

    private static final int CONNECTIONS = 20;

    /** They tell of connections, and of failures that are meant to happen. Held here, or their levels are forgotten. */
    private static final List<Logger> TALKATIVE =
            List.of(Logger.getLogger("com.zaxxer.hikari"), Logger.getLogger("io.goose.engine.run.JobRunner"));

    static {
        TALKATIVE.forEach(logger -> logger.setLevel(Level.SEVERE));
    }

    /** How often each job was run, by its id. */
    final Map<String, Integer> ran = new ConcurrentHashMap<>();

    DatabaseServer database;
    EnlistingPool source;

    @BeforeAll
    void startDatabase() throws SQLException {
        database = PostgreSql.start();
        source = new EnlistingPool(database.jdbcUrl(), database.user(), CONNECTIONS, Watch.NONE);
        Business.create(source);
    }

    @AfterAll
    void stopDatabase() {
        source.close();
        database.close();
    }

    void noteRun(String id) {
        ran.merge(id, 1, Integer::sum);
    }

    /** Waits until nothing is left anywhere: not in the outbox, not in the broker. */
    void awaitNothingLeft(Goose goose, Way way, Duration atMost) throws Exception {
        await("no job is left", atMost, () -> {
            long open = 0;
            for (QueueStats queue : queuesOf(goose)) {
                open += queue.waiting() + queue.running() + queue.scheduled();
            }
            return (way != Way.OUTBOX || inOutbox() == 0) && open == 0;
        });
        assertThat(queuesOf(goose)).allMatch(queue -> queue.dead() == 0 && queue.parked() == 0);
    }

    /** First the one whose jobs enqueue into the other: what is in neither then is nowhere. */
    private static List<QueueStats> queuesOf(Goose goose) {
        return List.of(goose.admin().stats(Way.WHOLE), goose.admin().stats(QueueNames.DEFAULT));
    }

    /** Each job of a transaction that has committed has run once, and none but these. */
    Set<String> assertCommittedJobsRanOnce() throws SQLException {
        Set<String> committed = Business.committed(source);
        Set<String> lost = new TreeSet<>(committed);
        lost.removeAll(ran.keySet());
        assertThat(lost).as("jobs of committed transactions that were not run").isEmpty();
        Set<String> ghosts = new TreeSet<>(ran.keySet());
        ghosts.removeAll(committed);
        assertThat(ghosts)
                .as("jobs that were run although no transaction committed them")
                .isEmpty();
        assertThat(ran.values()).as("runs of a job").isNotEmpty().containsOnly(1);
        return committed;
    }

    long inOutbox() throws SQLException {
        return number("SELECT COUNT(*) FROM goose_outbox");
    }

    long number(String query) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
