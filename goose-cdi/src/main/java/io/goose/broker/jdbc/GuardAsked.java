package io.goose.broker.jdbc;

import io.goose.job.JobId;
import io.goose.spi.AskedJobs;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the table of cancelled leases, under a name that no session has: the ids that sessions of a transport look at. In place of the
 * token stands the time, with a number that tells what was asked in the same millisecond apart. Thread-safe.
 */
final class GuardAsked implements AskedJobs {

    private static final long IN_A_MILLISECOND = 4096;
    private static final int MOST_TRIES = 100;

    private final Database database;
    private final String name;

    /**
     * @param ledger what distinguishes it from others in the same database
     */
    GuardAsked(Database database, String ledger) {
        this.database = database;
        this.name = "@"
                + UUID.nameUUIDFromBytes(ledger.getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .replace("-", "");
    }

    @Override
    public void add(JobId id) {
        database.inTransaction("ask for the cancellation of job " + id, statements -> {
            long now = statements.number("SELECT {now}{byIndex}");
            statements.update(
                    "DELETE FROM {cancel} WHERE session = ? AND token < ?",
                    name,
                    (now - KEPT.toMillis()) * IN_A_MILLISECOND);
            add(statements, id, now);
            return id;
        });
    }

    private void add(Statements statements, JobId id, long now) throws SQLException {
        for (int tried = 0; tried < MOST_TRIES; tried++) {
            long token = now * IN_A_MILLISECOND + ThreadLocalRandom.current().nextLong(IN_A_MILLISECOND);
            if (statements
                    .insertAllIfAbsent(
                            "INSERT INTO {cancel} (session, token, queue, id) VALUES (?, ?, ?, ?)",
                            List.<@Nullable Object[]>of(new Object[] {name, token, 0, id.value()}))[0]) {
                return;
            }
        }
        throw new SQLException("there is no number left for this millisecond", Database.BEGIN_AGAIN);
    }

    @Override
    public Set<JobId> all() {
        return database.inTransaction(
                "look for jobs to cancel",
                statements -> new HashSet<>(statements.query(
                        "SELECT id FROM {cancel} WHERE session = ? AND token > ({now} - ?) * " + IN_A_MILLISECOND
                                + " ORDER BY token LIMIT ?",
                        row -> new JobId(row.getString(1)),
                        name,
                        KEPT.toMillis(),
                        MOST)));
    }

    @Override
    public void remove(Collection<JobId> ids) {
        if (ids.isEmpty()) {
            return;
        }
        List<@Nullable Object[]> values = new ArrayList<>();
        ids.forEach(id -> values.add(new Object[] {name, id.value()}));
        database.inTransaction(
                "note that " + ids.size() + " cancellations were seen to",
                statements -> statements.updateAll("DELETE FROM {cancel} WHERE session = ? AND id = ?", values));
    }
}
