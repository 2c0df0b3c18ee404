package io.goose.broker.jdbc;

import io.goose.GooseException;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.Settlement;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Batches in tables. Steps write marks, see {@link BatchMarks}; here they are applied, in transactions that lock the batch's row first, so
 * that of two that end the last members one sees that all have ended. What is not applied after its step is by a sweep. Thread-safe.
 */
final class JdbcBatches implements BatchLedger {

    private static final System.Logger LOG = System.getLogger(JdbcBatches.class.getPackageName());

    private static final int AT_ONCE = 1000; // marks in a transaction
    private static final int MOST_SWEPT = 100;
    private static final int MOST_KNOWN = 10_000;
    private static final List<String> PARTS = List.of("batch_mark", "batch_member", "batch_part", "batch_call");
    private static final String LIVES = " AND (gone IS NULL OR gone > {now})";

    private final Database database;
    private final Queues queues;
    private final JdbcCrons.Adding adding;
    private final Consumer<String> signal;
    private final Map<BatchId, String> homes = new ConcurrentHashMap<>();

    /**
     * @param adding how members and callbacks are added
     * @param signal told the queue in which something became ready
     */
    JdbcBatches(Database database, Queues queues, JdbcCrons.Adding adding, Consumer<String> signal) {
        this.database = database;
        this.queues = queues;
        this.adding = adding;
        this.signal = signal;
    }

    // --- making

    @Override
    public Added add(Addition addition) {
        Plan plan = addition.plan();
        Set<String> used = new LinkedHashSet<>();
        addition.members().forEach(job -> used.add(job.queue()));
        if (plan != null) {
            used.add(plan.queue());
        }
        try {
            for (String queue : used) {
                queues.numberOf(queue);
            }
            String home = plan == null ? home(addition.id()).orElse(null) : plan.queue();
            if (home != null) {
                queues.numberOf(home);
            }
            boolean[] completed = new boolean[1];
            Added added = database.attempt("add jobs to batch " + addition.id(), statements -> {
                completed[0] = false; // it may be begun again
                return add(statements, addition, completed);
            });
            if (added.result() == Result.ADDED) {
                used.forEach(signal);
            }
            if (completed[0] && home != null) {
                signal.accept(home);
            }
            return added;
        } catch (Database.Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    private Added add(Statements statements, Addition addition, boolean[] completed) throws SQLException {
        Plan plan = addition.plan();
        Optional<BatchRow> there = lock(statements, addition.id());
        if (there.isEmpty() && plan != null) {
            make(statements, addition.id(), plan);
            there = lock(statements, addition.id());
        }
        if (there.isEmpty()) {
            return new Added(Result.UNKNOWN, 0);
        }
        BatchRow batch = there.get();
        boolean isNew = statements
                .first(
                        "SELECT 1 FROM {batch_part} WHERE batch = ? AND number = ?",
                        row -> 1,
                        addition.id().value(),
                        addition.number())
                .isEmpty();
        if (!isNew) {
            return new Added(Result.ADDED, batch.total);
        }
        if (batch.completed != null || batch.isCancelled()) {
            return new Added(Result.OVER, batch.total);
        }
        if (batch.total != addition.from()) {
            return new Added(Result.MOVED, batch.total);
        }
        statements.update(
                "INSERT INTO {batch_part} (batch, number) VALUES (?, ?)",
                addition.id().value(),
                addition.number());
        if (!addition.members().isEmpty()) {
            adding.add(statements, addition.members());
        }
        batch.total += addition.members().size();
        batch.queues.addAll(addition.queues());
        batch.sealed |= addition.seal();
        completed[0] = store(statements, batch);
        return new Added(Result.ADDED, batch.total);
    }

    private void make(Statements statements, BatchId id, Plan plan) throws SQLException {
        statements.insertAllIfAbsent(
                "INSERT INTO {batch} (id, namespace, queue, queues, linger, created, state, sealed, asked, total, retrying,"
                        + " success, dead, cancelled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                List.<@Nullable Object[]>of(new @Nullable Object[] {
                    id.value(),
                    queues.namespace(),
                    plan.queue(),
                    "",
                    plan.linger().toMillis(),
                    statements.number("SELECT {now}"),
                    BatchState.IN_PROGRESS.text(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0
                }));
        List<@Nullable Object[]> calls = new ArrayList<>();
        plan.callbacks()
                .forEach((state, jobs) -> jobs.forEach(job -> calls.add(new @Nullable Object[] {
                    id.value(),
                    calls.size(),
                    state.text(),
                    job.id().value(),
                    job.envelope().bytes()
                })));
        statements.insertAllIfAbsent(
                "INSERT INTO {batch_call} (batch, number, state, id, envelope) VALUES (?, ?, ?, ?, ?)", calls);
    }

    private static Optional<BatchRow> lock(Statements statements, BatchId id) throws SQLException {
        return statements.first(
                "SELECT " + BatchRow.COLUMNS + " FROM {batch} WHERE id = ?" + LIVES + " FOR UPDATE",
                BatchRow::read,
                id.value());
    }

    /** Writes the row; enqueues the callbacks if the batch is completed by that. */
    private boolean store(Statements statements, BatchRow batch) throws SQLException {
        boolean completed = batch.complete(statements.number("SELECT {now}"));
        if (completed) {
            List<QueuedJob> callbacks = statements.query(
                    "SELECT id, envelope FROM {batch_call} WHERE batch = ? AND state = ? ORDER BY number",
                    row -> new QueuedJob(
                            batch.queue,
                            new JobId(row.getString(1)),
                            EncodedEnvelope.wrap(row.getBytes(2)),
                            DeliveryState.FRESH.withLane(Lane.FRONT),
                            true),
                    batch.id.value(),
                    batch.state.text());
            if (!callbacks.isEmpty()) {
                adding.add(statements, callbacks);
            }
            statements.update("DELETE FROM {batch_call} WHERE batch = ?", batch.id.value());
        }
        if (completed && batch.lingerMillis == 0) {
            delete(statements, batch.id);
        } else {
            batch.store(statements);
        }
        return completed;
    }

    private static boolean delete(Statements statements, BatchId id) throws SQLException {
        boolean there = statements.update("DELETE FROM {batch} WHERE id = ?", id.value()) == 1;
        for (String part : PARTS) {
            statements.update("DELETE FROM {" + part + "} WHERE batch = ?", id.value());
        }
        return there;
    }

    // --- marking

    /** What was settled has been committed, with its marks: they are applied. */
    void settled(List<Settlement> settlements) {
        changed(settlements.stream().map(one -> one.lease().job().id()).toList());
    }

    /** The same of jobs that were changed in another way. What cannot be applied now is left to a sweep. */
    void changed(Collection<JobId> ids) {
        Set<BatchId> batches = new LinkedHashSet<>();
        ids.forEach(id -> BatchId.ofMember(id).ifPresent(member -> batches.add(member.batch())));
        Set<String> ready = new LinkedHashSet<>();
        for (BatchId id : batches) {
            try {
                ready.addAll(apply(id));
            } catch (GooseException away) {
                LOG.log(Level.WARNING, "GOOSE-3132: jobs of batch " + id + " are counted late, by a sweep", away);
            }
        }
        ready.forEach(signal); // once for each, as it may take a while
    }

    /**
     * Applies what nobody has applied, and forgets batches that have lingered. Marks of another namespace are its own affair: its
     * callbacks go to its queues.
     */
    void sweep() {
        List<String> left = database.inTransaction(
                "look for what is to be counted in batches",
                statements -> statements.query(
                        "SELECT DISTINCT m.batch FROM {batch_mark} m LEFT JOIN {batch} b ON b.id = m.batch"
                                + " WHERE b.id IS NULL OR b.namespace = ? LIMIT ?{anyPlan}",
                        row -> row.getString(1),
                        queues.namespace(),
                        MOST_SWEPT));
        Set<String> ready = new LinkedHashSet<>();
        left.forEach(id -> ready.addAll(apply(new BatchId(id))));
        ready.forEach(signal);
        List<String> gone = database.inTransaction(
                "look for batches that have lingered",
                statements -> statements.query(
                        "SELECT id FROM {batch} WHERE namespace = ? AND gone <= ? LIMIT ?",
                        row -> row.getString(1),
                        queues.namespace(),
                        statements.number("SELECT {now}"),
                        MOST_SWEPT));
        gone.forEach(id -> delete(new BatchId(id)));
    }

    /** Applies a batch's marks; returns the queue of its callbacks if they have been enqueued. */
    private Set<String> apply(BatchId id) {
        Set<String> ready = new LinkedHashSet<>();
        Optional<String> home = home(id);
        try {
            if (home.isPresent()) {
                queues.numberOf(home.get());
            }
            boolean more = true;
            while (more) {
                boolean[] completed = new boolean[1];
                more = database.attempt("count jobs of batch " + id, statements -> {
                    completed[0] = false; // it may be begun again
                    return apply(statements, id, completed) == AT_ONCE;
                });
                if (completed[0]) {
                    home.ifPresent(ready::add);
                }
            }
            return ready;
        } catch (Database.Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    private int apply(Statements statements, BatchId id, boolean[] completed) throws SQLException {
        Optional<BatchRow> there = lock(statements, id);
        List<String> names = statements.query(
                "SELECT name FROM {batch_mark} WHERE batch = ? LIMIT ?", row -> row.getString(1), id.value(), AT_ONCE);
        if (names.isEmpty()) {
            return 0;
        }
        if (there.isPresent()) {
            BatchRow batch = there.get();
            BatchMembers members = new BatchMembers(statements, id);
            boolean news = false;
            for (String name : names) {
                news |= members.mark(batch, BatchMarks.read(id, name));
            }
            if (news) {
                members.store();
                completed[0] = store(statements, batch);
            }
        }
        List<@Nullable Object[]> keys = new ArrayList<>();
        names.forEach(name -> keys.add(new Object[] {id.value(), name}));
        statements.updateAll("DELETE FROM {batch_mark} WHERE batch = ? AND name = ?", keys);
        return names.size();
    }

    // --- looking

    private Optional<String> home(BatchId id) {
        String known = homes.get(id);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<String> found = find(id).map(kept -> kept.status().queue());
        if (homes.size() >= MOST_KNOWN) {
            homes.clear();
        }
        found.ifPresent(queue -> homes.put(id, queue));
        return found;
    }

    @Override
    public Optional<Kept> find(BatchId id) {
        return database.inTransaction("look for batch " + id, statements -> statements
                .first("SELECT " + BatchRow.COLUMNS + " FROM {batch} WHERE id = ?" + LIVES, BatchRow::read, id.value())
                .map(BatchRow::kept));
    }

    @Override
    public long size() {
        return database.inTransaction(
                "count batches",
                statements -> statements.number(
                        "SELECT COUNT(*) FROM {batch} WHERE namespace = ?" + LIVES + "{anyPlan}", queues.namespace()));
    }

    @Override
    public List<Kept> list(int offset, int limit) {
        return database.inTransaction("list batches", statements -> statements
                .query(
                        "SELECT " + BatchRow.COLUMNS + " FROM {batch} WHERE namespace = ?" + LIVES
                                + " ORDER BY id DESC LIMIT ? OFFSET ?{anyPlan}",
                        BatchRow::read,
                        queues.namespace(),
                        limit,
                        offset)
                .stream()
                .map(BatchRow::kept)
                .toList());
    }

    @Override
    public List<Integer> unended(BatchId id, int from, int most) {
        return database.inTransaction("look at the jobs of batch " + id, statements -> {
            int total = (int) statements.number("SELECT total FROM {batch} WHERE id = ?" + LIVES, id.value());
            BatchMembers members = new BatchMembers(statements, id);
            List<Integer> open = new ArrayList<>();
            for (int i = from; i < Math.min(total, from + most); i++) {
                if (!members.state(i).isOver()) {
                    open.add(i);
                }
            }
            return open;
        });
    }

    // --- changing

    @Override
    public boolean cancel(BatchId id) {
        Optional<String> home = home(id);
        if (home.isEmpty()) {
            return false;
        }
        try {
            queues.numberOf(home.get());
            boolean wasInProgress = database.attempt("cancel batch " + id, statements -> {
                Optional<BatchRow> there = lock(statements, id);
                if (there.isEmpty() || there.get().completed != null) {
                    return false;
                }
                there.get().cancel();
                store(statements, there.get());
                return true;
            });
            signal.accept(home.get());
            return wasInProgress;
        } catch (Database.Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    @Override
    public boolean delete(BatchId id) {
        homes.remove(id);
        return database.inTransaction("delete batch " + id, statements -> delete(statements, id));
    }
}
