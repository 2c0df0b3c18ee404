package io.goose.broker.jdbc;

import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.spi.Housekeeping;
import io.goose.spi.MemberState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Changes many jobs, each call in one transaction. Thread-safe. */
final class JdbcHousekeeping implements Housekeeping {

    private static final Set<Place> UPCOMING = Set.of(Place.WAITING, Place.SCHEDULED);

    /** What is below zero is ahead of all that came by itself; see {@link Claimer}. */
    private static final String PRIORITISE =
            "UPDATE {job} SET place = 0, lane = CASE WHEN crashes > 0 THEN 0 ELSE 2 END, seq = ?, due = NULL, need = NULL"
                    + " WHERE queue = ? AND id = ? AND ";

    private static final String REPLAY = "UPDATE {job} SET place = 0, lane = 2, seq = ?, due = NULL, crashes = 0,"
            + " need = NULL, note = NULL, record = ? WHERE queue = ? AND id = ? AND ";

    private final Database database;
    private final Queues queues;
    private final Rows rows;
    private final Consumer<String> signal;
    private final JdbcBatches batches;
    private final JobSets sets = new JobSets(Rows.WAITING);
    private final JdbcWorkers workers;

    /**
     * @param signal told the queue in which something became ready
     * @param batches told of members that were changed
     */
    JdbcHousekeeping(Database database, Queues queues, Rows rows, Consumer<String> signal, JdbcBatches batches) {
        this.database = database;
        this.queues = queues;
        this.rows = rows;
        this.signal = signal;
        this.batches = batches;
        this.workers = new JdbcWorkers(database, queues.namespace());
    }

    @FunctionalInterface
    private interface Change {
        List<JobId> in(Statements statements, int queue) throws SQLException;
    }

    private List<JobId> change(String what, String queue, Change change) {
        Integer number = queues.existing(queue);
        return number == null ? List.of() : database.inTransaction(what, statements -> change.in(statements, number));
    }

    private List<JobId> counted(List<JobId> changed) {
        batches.changed(changed);
        return changed;
    }

    private List<JobId> signalled(String queue, List<JobId> ready) {
        if (!ready.isEmpty()) {
            signal.accept(queue);
        }
        return ready;
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        Set<Place> from = Housekeeping.both(places, ALL_BUT_RUNNING);
        return counted(change(JobSets.what("delete", queue, ids), queue, (statements, number) -> {
            statements.number("SELECT {now}{byIndex}");
            return sets.delete(statements, number, from, JobSets.values(ids));
        }));
    }

    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        Set<Place> from = Housekeeping.both(places, UPCOMING);
        List<String> values = JobSets.values(ids);
        if (from.isEmpty() || values.isEmpty()) {
            return List.of();
        }
        return signalled(queue, change(JobSets.what("prioritise", queue, ids), queue, (statements, number) -> {
            long first = -Step.begin(statements).number();
            List<@Nullable Object[]> rowsOfAll = new ArrayList<>();
            for (String id : values) {
                rowsOfAll.add(new Object[] {first + rowsOfAll.size() % Step.NUMBERS, number, id});
            }
            return JobSets.hits(values, statements.updateAll(PRIORITISE + sets.in(from), rowsOfAll));
        }));
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        Set<Place> from = Housekeeping.both(places, ENDED);
        if (from.isEmpty()) {
            return List.of();
        }
        List<JobId> moved = signalled(queue, change(JobSets.what("replay", queue, ids), queue, (statements, number) -> {
            Step step = Step.begin(statements);
            List<JobId> replayed = new ArrayList<>();
            for (String id : JobSets.values(ids)) {
                Optional<JobRow> row = statements.first(
                        "SELECT " + Rows.BARE + " FROM {job} WHERE queue = ? AND id = ? AND " + sets.in(from)
                                + " FOR UPDATE",
                        rows.of(queue),
                        number,
                        id);
                if (row.isPresent() && replay(statements, number, row.get(), from, step, replayed.size())) {
                    replayed.add(row.get().job().id());
                }
            }
            return replayed;
        }));
        return counted(moved);
    }

    private boolean replay(Statements statements, int queue, JobRow row, Set<Place> from, Step step, int index)
            throws SQLException {
        DeliveryState anew = row.job().state().replayed();
        boolean hit = statements.update(
                        REPLAY + sets.in(from),
                        step.number() + index % Step.NUMBERS,
                        Rows.encode(anew),
                        queue,
                        row.id())
                == 1;
        if (hit) {
            BatchMarks.note(statements, row.job().id(), anew, MemberState.ENQUEUED);
        }
        return hit;
    }

    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        return change(
                "look at queue '" + queue + "'",
                queue,
                (statements, number) -> sets.first(statements, number, place, null, most, "").stream()
                        .map(JobId::new)
                        .toList());
    }

    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        Set<Place> from = Housekeeping.both(Set.of(place), ALL_BUT_RUNNING);
        Long millis = until == null ? null : until.toEpochMilli();
        return counted(change(
                "purge queue '" + queue + "'",
                queue,
                (statements, number) -> sets.delete(
                        statements, number, from, sets.first(statements, number, place, millis, most, " {free}"))));
    }

    @Override
    public List<WorkerInfo> workers() {
        return workers.list();
    }
}
