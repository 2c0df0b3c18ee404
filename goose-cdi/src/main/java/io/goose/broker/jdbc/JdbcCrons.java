package io.goose.broker.jdbc;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.CronLedger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Recurring jobs in a table. A list of changes is one transaction with the jobs that they enqueue; the rows are changed in the order
 * of their names, so that two workers with the same list wait for each other and do not deadlock. Thread-safe.
 */
final class JdbcCrons implements CronLedger {

    private static final String COLUMNS = "name, queue, definition, state, due, version";
    private static final String INSERT =
            "INSERT INTO {cron} (namespace, name, queue, definition, state, due, version) VALUES (?, ?, ?, ?, ?, ?, ?)";
    private static final String TICK =
            "UPDATE {cron} SET state = ?, due = ?, version = ? WHERE namespace = ? AND name = ? AND version = ?";
    private static final String REPLACE = "UPDATE {cron} SET queue = ?, definition = ?, state = ?, due = ?, version = ?"
            + " WHERE namespace = ? AND name = ? AND version = ?";

    /** What one look may read of definitions. */
    private static final long MOST_BYTES = 4L << 20;

    private final Database database;
    private final Queues queues;
    private final Adding adding;
    private final BiFunction<String, JobId, Optional<StoredJob>> looking;
    private final Consumer<String> wakeups;

    /** Adds jobs that are not there, in the transaction of a change; their queues are prepared. */
    @FunctionalInterface
    interface Adding {
        void add(Statements statements, List<QueuedJob> jobs) throws SQLException;
    }

    /**
     * @param queues those of the jobs, whose namespace is that of the entries
     * @param wakeups told the queue in which something became ready
     */
    JdbcCrons(
            Database database,
            Queues queues,
            Adding adding,
            BiFunction<String, JobId, Optional<StoredJob>> looking,
            Consumer<String> wakeups) {
        this.database = database;
        this.queues = queues;
        this.adding = adding;
        this.looking = looking;
        this.wakeups = wakeups;
    }

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(
                database.inTransaction("ask for the time", statements -> statements.number("SELECT {now}")));
    }

    @Override
    public Due due(int most) {
        return database.inTransaction("look for cron entries that are due", statements -> {
            long now = statements.number("SELECT {now}{anyPlan}");
            Long first = next(statements, Long.MIN_VALUE);
            if (first == null || first > now) {
                return new Due(List.of(), until(first, now), Instant.ofEpochMilli(now));
            }
            List<Kept> all = statements.query(
                    "SELECT " + COLUMNS + " FROM {cron} WHERE namespace = ? AND due <= ? ORDER BY due, name LIMIT ?",
                    JdbcCrons::read,
                    queues.namespace(),
                    now,
                    most);
            List<Kept> due = some(all);
            Long later = due.size() < all.size() || all.size() >= most ? Long.valueOf(now) : next(statements, now);
            return new Due(due, until(later, now), Instant.ofEpochMilli(now));
        });
    }

    private @Nullable Long next(Statements statements, long after) throws SQLException {
        return statements
                .first(
                        "SELECT MIN(due) FROM {cron} WHERE namespace = ? AND due > ?",
                        row -> {
                            long millis = row.getLong(1);
                            return row.wasNull() ? Optional.<Long>empty() : Optional.of(millis);
                        },
                        queues.namespace(),
                        after)
                .flatMap(found -> found)
                .orElse(null);
    }

    private static @Nullable Duration until(@Nullable Long due, long now) {
        return due == null ? null : Duration.ofMillis(Math.max(0, due - now));
    }

    private static List<Kept> some(List<Kept> all) {
        long bytes = 0;
        List<Kept> some = new ArrayList<>();
        for (Kept kept : all) {
            bytes += kept.definition().length();
            if (!some.isEmpty() && bytes > MOST_BYTES) {
                break;
            }
            some.add(kept);
        }
        return some;
    }

    private static Kept read(ResultSet row) throws SQLException {
        long millis = row.getLong(5);
        Instant due = row.wasNull() ? null : Instant.ofEpochMilli(millis);
        return new Kept(row.getString(1), row.getString(2), row.getString(3), row.getString(4), due, row.getString(6));
    }

    @Override
    public List<Boolean> apply(List<Change> changes) {
        Set<String> enqueued = new TreeSet<>();
        try {
            for (Change change : changes) {
                queues.numberOf(change.next().queue());
            }
            boolean[] applied = database.attempt("change " + changes.size() + " cron entries", statements -> {
                enqueued.clear(); // it may be begun again
                return apply(statements, changes, enqueued);
            });
            enqueued.forEach(wakeups);
            return IntStream.range(0, applied.length).mapToObj(i -> applied[i]).toList();
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    private boolean[] apply(Statements statements, List<Change> changes, Set<String> enqueued) throws SQLException {
        boolean[] applied = new boolean[changes.size()];
        List<Integer> ordered = IntStream.range(0, applied.length)
                .boxed()
                .sorted(Comparator.comparing(
                        (Integer i) -> changes.get(i).next().name()))
                .toList();
        List<Integer> ticks = new ArrayList<>();
        List<@Nullable Object[]> values = new ArrayList<>();
        for (int i : ordered) {
            Change change = changes.get(i);
            Kept was = change.was();
            Kept next = change.next();
            if (was == null) {
                applied[i] = statements.insertAllIfAbsent(INSERT, List.<@Nullable Object[]>of(inserted(next)))[0];
            } else if (was.definition().equals(next.definition()) && was.queue().equals(next.queue())) {
                ticks.add(i);
                values.add(new @Nullable Object[] {
                    next.state(), millis(next), next.version(), queues.namespace(), next.name(), was.version()
                });
            } else {
                applied[i] = statements.update(
                                REPLACE,
                                next.queue(),
                                next.definition(),
                                next.state(),
                                millis(next),
                                next.version(),
                                queues.namespace(),
                                next.name(),
                                was.version())
                        == 1;
            }
        }
        int[] counts = statements.updateAll(TICK, values);
        for (int n = 0; n < counts.length; n++) {
            applied[ticks.get(n)] = counts[n] == 1;
        }
        addJobs(statements, changes, applied, enqueued);
        for (int i = 0; i < applied.length; i++) {
            applied[i] = applied[i] || isApplied(statements, changes.get(i).next());
        }
        return applied;
    }

    private void addJobs(Statements statements, List<Change> changes, boolean[] applied, Set<String> enqueued)
            throws SQLException {
        List<QueuedJob> jobs = new ArrayList<>();
        for (int i = 0; i < applied.length; i++) {
            if (applied[i]) {
                jobs.addAll(changes.get(i).jobs());
            }
        }
        for (int from = 0; from < jobs.size(); from += MOST) {
            adding.add(statements, jobs.subList(from, Math.min(jobs.size(), from + MOST)));
        }
        jobs.forEach(job -> enqueued.add(job.queue()));
    }

    /** Whether it was applied before, and the answer was lost. */
    private boolean isApplied(Statements statements, Kept next) throws SQLException {
        return statements
                .first(
                        "SELECT version FROM {cron} WHERE namespace = ? AND name = ?",
                        row -> row.getString(1),
                        queues.namespace(),
                        next.name())
                .filter(next.version()::equals)
                .isPresent();
    }

    private @Nullable Object[] inserted(Kept next) {
        return new @Nullable Object[] {
            queues.namespace(), next.name(), next.queue(), next.definition(), next.state(), millis(next), next.version()
        };
    }

    private static @Nullable Long millis(Kept kept) {
        Instant due = kept.due();
        return due == null ? null : due.toEpochMilli();
    }

    @Override
    public Optional<Kept> find(String name) {
        return database.inTransaction(
                "look for cron entry '" + name + "'",
                statements -> statements.first(
                        "SELECT " + COLUMNS + " FROM {cron} WHERE namespace = ? AND name = ?",
                        JdbcCrons::read,
                        queues.namespace(),
                        name));
    }

    @Override
    public long size() {
        return database.inTransaction(
                "count the cron entries",
                statements -> statements.number(
                        "SELECT COUNT(*) FROM {cron} WHERE namespace = ?{anyPlan}", queues.namespace()));
    }

    @Override
    public List<Kept> list(int offset, int limit) {
        return database.inTransaction(
                "list the cron entries",
                statements -> statements.query(
                        "SELECT " + COLUMNS
                                + " FROM {cron} WHERE namespace = ? ORDER BY name LIMIT ? OFFSET ?{anyPlan}",
                        JdbcCrons::read,
                        queues.namespace(),
                        limit,
                        offset));
    }

    @Override
    public boolean delete(String name) {
        return database.inTransaction(
                "delete cron entry '" + name + "'",
                statements -> statements.update(
                                "DELETE FROM {cron} WHERE namespace = ? AND name = ?", queues.namespace(), name)
                        == 1);
    }

    @Override
    public boolean isUnderWay(String queue, JobId id) {
        return looking.apply(queue, id)
                .map(StoredJob::place)
                .filter(place -> place != Place.DEAD && place != Place.PARKED)
                .isPresent();
    }
}
