package io.goose.broker.jdbc;

import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.SendResult;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Adds jobs that are each to be the only one with its key. A row says which job was noted for the key last; whether that holds it is
 * told by the job's own row, so that nothing has to be done here when it is deleted, cancelled, evicted or buried. Whole brokers and
 * ledgers for transports do it alike. Confined to the thread that runs the transaction.
 */
final class UniqueRows {

    private static final String NOTE =
            "INSERT INTO {unique_key} (queue, ukey, id, scope, free_at, retries) VALUES (?, ?, ?, ?, ?, ?)";
    private static final String NOTED =
            "SELECT id, scope, free_at, retries FROM {unique_key} WHERE queue = ? AND ukey = ?";
    private static final String NOTE_ANOTHER =
            "UPDATE {unique_key} SET id = ?, scope = ?, free_at = ?, retries = ? WHERE queue = ? AND ukey = ?";
    private static final String PLACE = "SELECT place FROM {job} WHERE queue = ? AND id = ?";
    private static final String PLACE_ELSEWHERE = "SELECT place FROM {job} WHERE queue ="
            + " (SELECT id FROM {queue} WHERE namespace = ? AND name = ?) AND id = ?";

    private static final int MOST_TRIES = 10;

    private final Statements statements;
    private final String namespace;
    private final ToIntFunction<String> numbers;
    private final Adding adding;
    private final Step step;

    /** Adds jobs whatever keys they have; one answer for each. */
    @FunctionalInterface
    interface Adding {
        List<SendResult> add(List<QueuedJob> jobs) throws SQLException;
    }

    private record Noted(
            String id,
            int scope,
            @Nullable Long freeAt,
            @Nullable String retries) {}

    /**
     * @param queues the names of the queues of retries belong to it
     * @param numbers those of the queues of the jobs
     */
    UniqueRows(Statements statements, Queues queues, ToIntFunction<String> numbers, Adding adding) throws SQLException {
        this.statements = statements;
        this.namespace = queues.namespace();
        this.numbers = numbers;
        this.adding = adding;
        this.step = statements.isOurs() ? Step.begin(statements) : Step.inCallersTransaction(statements);
    }

    static boolean areAmong(List<QueuedJob> jobs) {
        for (QueuedJob job : jobs) {
            if (job.unique() != null) {
                return true;
            }
        }
        return false;
    }

    /** Adds those whose keys are free, and those that have none. */
    List<SendResult> add(List<QueuedJob> jobs) throws SQLException {
        @Nullable SendResult[] results = new SendResult[jobs.size()];
        List<Integer> free = new ArrayList<>();
        Set<String> decided = new HashSet<>();
        for (int i : inOrder(jobs)) {
            QueuedJob job = jobs.get(i);
            UniqueKey unique = job.unique();
            if (unique != null && !decided.add(job.queue() + '\n' + unique.key())) {
                add(jobs, free, results); // it may be one of these that holds the key
            }
            results[i] = unique == null ? null : obstacle(job, unique);
            if (results[i] == null) {
                free.add(i);
            }
        }
        add(jobs, free, results);
        List<SendResult> all = new ArrayList<>(results.length);
        for (@Nullable SendResult result : results) {
            all.add(Objects.requireNonNull(result));
        }
        return all;
    }

    private void add(List<QueuedJob> jobs, List<Integer> free, @Nullable SendResult[] results) throws SQLException {
        if (free.isEmpty()) {
            return;
        }
        List<SendResult> added = adding.add(free.stream().map(jobs::get).toList());
        for (int n = 0; n < free.size(); n++) {
            results[free.get(n)] = added.get(n);
        }
        free.clear();
    }

    /** By key, as everybody takes the locks; of one key in the order of the jobs. */
    private List<Integer> inOrder(List<QueuedJob> jobs) {
        Comparator<Integer> byQueue = Comparator.comparing(i -> jobs.get(i).queue());
        Comparator<Integer> byKey = Comparator.comparing(i -> key(jobs.get(i)));
        return IntStream.range(0, jobs.size())
                .boxed()
                .sorted(byQueue.thenComparing(byKey))
                .toList();
    }

    private static String key(QueuedJob job) {
        return job.unique() == null ? "" : job.unique().key();
    }

    /** Notes a job for its key; what stands in the way of that, or null. */
    private @Nullable SendResult obstacle(QueuedJob job, UniqueKey unique) throws SQLException {
        int queue = numbers.applyAsInt(job.queue());
        int scope = code(unique.scope());
        Instant until = unique.until();
        Long freeAt = until == null ? null : until.toEpochMilli();
        boolean lock = false; // a key that is held is not locked: the transaction may be the application's, and long
        for (int tried = 0; tried < MOST_TRIES; tried++) {
            Optional<Noted> noted =
                    statements.first(NOTED + (lock ? " FOR UPDATE" : ""), UniqueRows::read, queue, unique.key());
            if (noted.isEmpty()) {
                @Nullable Object[] row = {queue, unique.key(), job.id().value(), scope, freeAt, unique.retryQueue()};
                if (statements.insertAllIfAbsent(NOTE, List.<@Nullable Object[]>of(row))[0]) {
                    return null;
                }
                lock = true; // it was noted just now, and a snapshot may not show it
                continue;
            }
            boolean held = isHeld(queue, noted.get());
            JobId holder = new JobId(noted.get().id());
            if (held && unique.onConflict() == OnConflict.KEEP) {
                return new SendResult.Exists(holder);
            } else if (!lock) {
                lock = true;
            } else if (held) {
                if (replaces(job, unique, queue, holder.value())) {
                    return new SendResult.Replaced(holder);
                }
                if (isHeld(queue, noted.get())) { // it was not locked when this was seen first
                    return new SendResult.Exists(holder);
                }
            } else {
                statements.update(
                        NOTE_ANOTHER, job.id().value(), scope, freeAt, unique.retryQueue(), queue, unique.key());
                return null;
            }
        }
        throw new SQLException("a unique key comes and goes all the time", Database.BEGIN_AGAIN);
    }

    private static int code(Scope scope) {
        return switch (scope) {
            case WAITING -> 0;
            case RUNNING -> 1;
            case UNTIL -> 2;
        };
    }

    private static Noted read(ResultSet row) throws SQLException {
        long freeAt = row.getLong(3);
        Long time = row.wasNull() ? null : freeAt;
        return new Noted(row.getString(1), row.getInt(2), time, row.getString(4));
    }

    private boolean isHeld(int queue, Noted noted) throws SQLException {
        Long freeAt = noted.freeAt();
        if (freeAt != null) {
            return freeAt > step.nowMillis();
        }
        Optional<Integer> here = statements.first(PLACE, row -> row.getInt(1), queue, noted.id());
        if (here.isPresent() && here.get() < Rows.GONE) {
            return isHeldAt(here.get(), noted);
        }
        if (noted.retries() == null) {
            return false;
        }
        return statements
                .first(PLACE_ELSEWHERE, row -> row.getInt(1), namespace, noted.retries(), noted.id())
                .filter(place -> isHeldAt(place, noted))
                .isPresent();
    }

    private static boolean isHeldAt(int place, Noted noted) {
        boolean runs = place == Rows.RUNNING || place == Rows.BEGUN;
        boolean isThere = place != Rows.DEAD && place != Rows.GONE && place != Rows.NOTED;
        return isThere && !(runs && noted.scope() == code(Scope.WAITING));
    }

    /**
     * Gives the bytes of a job, and perhaps its time, to the one that has the key, if that waits at home; whether it does. What a transport
     * has cannot be changed.
     */
    private boolean replaces(QueuedJob job, UniqueKey unique, int queue, String holder) throws SQLException {
        if (statements.dialect().claimsOneByOne()) { // a claim reads envelopes of rows that it has not locked
            statements.query("SELECT id FROM {queue} WHERE id = ? FOR UPDATE", row -> 1, queue);
        }
        int place = statements
                .first(PLACE + " FOR UPDATE", row -> row.getInt(1), queue, holder)
                .orElse(Rows.GONE);
        boolean scheduled = place == Rows.SCHEDULED || place == Rows.SCHEDULED_NEEDY;
        if (place != Rows.WAITING && !scheduled) {
            return false;
        }
        Instant time = job.state().notBefore();
        byte[] envelope = job.envelope().bytes();
        if (scheduled && unique.onConflict() == OnConflict.DEBOUNCE && time != null && isLater(time)) {
            statements.update(
                    "UPDATE {job} SET envelope = ?, due = ? WHERE queue = ? AND id = ?",
                    envelope,
                    time.toEpochMilli(),
                    queue,
                    holder);
        } else {
            statements.update("UPDATE {job} SET envelope = ? WHERE queue = ? AND id = ?", envelope, queue, holder);
        }
        return true;
    }

    private boolean isLater(Instant time) {
        return time.toEpochMilli() > step.nowMillis();
    }

    /**
     * A job that is over gives its key up. Does not wait for a transaction that is about to find that the job is over: who comes next sees
     * that too.
     */
    static void release(Statements statements, int home, String key, JobId id) throws SQLException {
        boolean ours = statements
                .first(
                        "SELECT 1 FROM {unique_key} WHERE queue = ? AND ukey = ? AND id = ? AND free_at IS NULL {unlocked}",
                        row -> 1,
                        home,
                        key,
                        id.value())
                .isPresent();
        if (ours) {
            statements.update(
                    "DELETE FROM {unique_key} WHERE queue = ? AND ukey = ? AND id = ?", home, key, id.value());
        }
    }
}
