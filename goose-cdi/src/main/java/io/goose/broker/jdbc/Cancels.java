package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Cancels jobs. What waits is deleted. For a lease a row is written while the job's row is locked, and whoever ends a lease looks
 * for such rows after it has changed the job's row: so of the two one sees the other. A transactional job holds its row until it
 * ends; it is noted without the lock, for its end is either no end or an ordinary settle that looks. Thread-safe.
 */
final class Cancels {

    private static final int MOST_TRIES = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Where a job is that has not ended and that nobody has leased. */
    private static final String UNLEASED = "place + 0 IN (0, 2, 4, 5, 6)";

    private static final String RUNNING =
            "SELECT session, token FROM {job} WHERE queue = ? AND id = ? AND place + 0 = 1";

    private final Database database;
    private final Queues queues;

    Cancels(Database database, Queues queues) {
        this.database = database;
        this.queues = queues;
    }

    /** A lease whose job was cancelled. */
    record Noted(String session, long token, int queue, JobId id) {}

    /**
     * What a cancellation came to.
     *
     * @param noted the lease, if a session is to be told; null otherwise
     */
    record Answer(CancelResult result, @Nullable Noted noted) {
        private static Answer of(CancelResult result) {
            return new Answer(result, null);
        }
    }

    Answer cancel(String queue, JobId id) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return Answer.of(CancelResult.NOT_FOUND);
        }
        for (int tried = 1; ; tried++) {
            boolean last = tried >= MOST_TRIES;
            Optional<Answer> answer =
                    database.inTransaction("cancel job " + id, statements -> cancel(statements, number, id, last));
            if (answer.isPresent()) {
                return answer.get();
            }
            LockSupport.parkNanos(PAUSE_NANOS); // its row is locked: it is being settled, or runs in a transaction
        }
    }

    /** Empty if it cannot be decided now. */
    private static Optional<Answer> cancel(Statements statements, int queue, JobId id, boolean unlocked)
            throws SQLException {
        // Looked at first: to delete by the key would wait for the lock of a job that runs in a transaction.
        Optional<Integer> place = statements.first(
                "SELECT place FROM {job} WHERE queue = ? AND id = ?", row -> row.getInt(1), queue, id.value());
        if (place.isEmpty() || place.get() == Rows.DEAD || place.get() >= Rows.SENT) {
            return Optional.of(Answer.of(CancelResult.NOT_FOUND));
        }
        if (place.get() != Rows.RUNNING) {
            Map<String, BatchMarks.Before> member = BatchMarks.look(statements, queue, UNLEASED, List.of(id.value()));
            boolean looked = !BatchMarks.looked(List.of(id.value()), member).isEmpty();
            boolean removed = looked
                    && statements.update(
                                    "DELETE FROM {job} WHERE queue = ? AND id = ? AND " + UNLEASED, queue, id.value())
                            == 1;
            if (removed) {
                BatchMarks.noteRemoved(statements, member, List.of(id));
            }
            return removed ? Optional.of(Answer.of(CancelResult.REMOVED)) : Optional.empty();
        }
        Optional<Noted> lease = statements.first(
                RUNNING + (unlocked ? "" : "{unlocked}"),
                row -> new Noted(row.getString(1), row.getLong(2), queue, id),
                queue,
                id.value());
        if (lease.isEmpty()) {
            return unlocked ? Optional.of(Answer.of(CancelResult.NOT_FOUND)) : Optional.empty();
        }
        Noted noted = lease.get();
        statements.insertAllIfAbsent(
                "INSERT INTO {cancel} (session, token, queue, id) VALUES (?, ?, ?, ?)",
                List.<@Nullable Object[]>of(new Object[] {noted.session(), noted.token(), queue, id.value()}));
        return Optional.of(new Answer(CancelResult.ASKED, noted));
    }

    /** The leases of a session whose jobs were cancelled. */
    List<Noted> of(String session) {
        return database.inTransaction("look for cancelled leases", statements -> of(statements, session));
    }

    /** The same in a transaction. */
    static List<Noted> of(Statements statements, String session) throws SQLException {
        return statements.query(
                "SELECT token, queue, id FROM {cancel} WHERE session = ?",
                row -> new Noted(session, row.getLong(1), row.getInt(2), new JobId(row.getString(3))),
                session);
    }

    /**
     * Removes the cancelled among the jobs that a session has just given back, whose rows this transaction has locked by that.
     *
     * @return the tokens of all its cancelled leases
     */
    static Set<Long> removeGivenBack(Statements statements, String session) throws SQLException {
        List<Noted> all = of(statements, session);
        remove(statements, all);
        return all.stream().map(Noted::token).collect(Collectors.toUnmodifiableSet());
    }

    /** A job has the token of its last lease until it is leased again. */
    private static void remove(Statements statements, List<Noted> all) throws SQLException {
        List<@Nullable Object[]> values = new ArrayList<>();
        List<Map<String, BatchMarks.Before>> members = new ArrayList<>();
        for (Noted noted : all) {
            values.add(new Object[] {noted.queue(), noted.id().value(), noted.token()});
            members.add(BatchMarks.look(
                    statements,
                    noted.queue(),
                    "token = ? AND " + UNLEASED,
                    List.of(noted.id().value()),
                    noted.token()));
        }
        int[] hit = statements.updateAll(
                "DELETE FROM {job} WHERE queue = ? AND id = ? AND token = ? AND " + UNLEASED, values);
        for (int i = 0; i < hit.length; i++) {
            if (hit[i] == 1) {
                BatchMarks.noteRemoved(
                        statements, members.get(i), List.of(all.get(i).id()));
            }
        }
    }

    /** Forgets what was noted for leases that have ended; a job that was put back all the same is removed with it. */
    void forget(List<Noted> ended) throws Unfinished {
        if (ended.isEmpty()) {
            return;
        }
        database.attempt("forget cancelled leases", statements -> {
            List<Noted> over = new ArrayList<>();
            List<@Nullable Object[]> values = new ArrayList<>();
            for (Noted noted : ended) {
                boolean leased = statements
                        .first(
                                RUNNING + " AND token = ?",
                                row -> 1,
                                noted.queue(),
                                noted.id().value(),
                                noted.token())
                        .isPresent();
                if (!leased) { // else its claim is not answered yet
                    over.add(noted);
                    values.add(new Object[] {noted.session(), noted.token()});
                }
            }
            remove(statements, over);
            return statements.updateAll("DELETE FROM {cancel} WHERE session = ? AND token = ?", values);
        });
    }
}
