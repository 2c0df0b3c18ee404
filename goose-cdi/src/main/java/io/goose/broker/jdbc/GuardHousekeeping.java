package io.goose.broker.jdbc;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.broker.jdbc.GuardStep.Writing;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Housekeeping;
import io.goose.spi.MemberMark;
import io.goose.spi.MemberState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes many jobs of a ledger for a transport, each call in one transaction. Thread-safe. */
final class GuardHousekeeping implements Housekeeping {

    private static final Set<Place> UPCOMING = Set.of(Place.WAITING, Place.SCHEDULED);

    private final Database database;
    private final Queues queues;
    private final Rows rows;
    private final JdbcBatches batches;
    private final JobSets sets = new JobSets(Rows.SENT);

    /**
     * @param batches told of members that were changed
     */
    GuardHousekeeping(Database database, Queues queues, Rows rows, JdbcBatches batches) {
        this.database = database;
        this.queues = queues;
        this.rows = rows;
        this.batches = batches;
    }

    @FunctionalInterface
    private interface Change {
        boolean of(GuardStep work, JobRow row) throws SQLException;
    }

    /** What a change makes of a job, as it was before, for its batch. */
    @FunctionalInterface
    private interface Marking {
        Optional<MemberMark> of(JobRow row);
    }

    /** Changes those that are in one of the places, in their order. */
    private List<JobId> change(
            String what, String queue, Set<Place> places, List<String> ids, Change change, Marking marking) {
        if (queues.existing(queue) == null) {
            return List.of();
        }
        List<JobId> changed = database.inTransaction(what + " jobs of queue '" + queue + "'", statements -> {
            List<MemberMark> marks = new ArrayList<>();
            List<JobId> done = change(new GuardStep(statements, queues, rows), queue, places, ids, (work, row) -> {
                boolean hit = change.of(work, row);
                if (hit) {
                    marking.of(row).ifPresent(marks::add);
                }
                return hit;
            });
            BatchMarks.note(statements, marks);
            return done;
        });
        batches.changed(changed);
        return changed;
    }

    /** Of one that is dead its batch knows already. */
    private static Optional<MemberMark> removed(JobRow row) {
        return row.place() == Rows.DEAD
                ? Optional.empty()
                : MemberMark.of(row.job().id(), Lives.moves(row), MemberState.CANCELLED);
    }

    private static Optional<MemberMark> unchanged(JobRow row) {
        return Optional.empty();
    }

    private static Optional<MemberMark> replayed(JobRow row) {
        QueuedJob job = row.job();
        return MemberMark.of(job.id(), job.state().replayed().moves(), MemberState.ENQUEUED);
    }

    private List<JobId> change(GuardStep work, String queue, Set<Place> places, List<String> ids, Change change)
            throws SQLException {
        List<JobId> changed = new ArrayList<>();
        for (String value : ids) {
            JobId id = new JobId(value);
            JobRow row = work.row(queue, id);
            if (row != null && sets.isIn(row.place(), places) && change.of(work, row)) {
                changed.add(id);
            }
        }
        return changed;
    }

    /**
     * A job ends without having run: what else is known of it ends here. If the transport may have a message of it a tombstone stays,
     * and the message is old when it comes.
     */
    private static boolean discard(GuardStep work, JobRow row) throws SQLException {
        if (row.place() == Rows.SCHEDULED && Lives.moves(row) == 0) {
            work.remove(row.job());
            return true;
        }
        return work.put(true, row.job(), Writing.of(Rows.GONE, work.nowMillis()));
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        return change(
                "delete", queue, places, JobSets.values(ids), GuardHousekeeping::discard, GuardHousekeeping::removed);
    }

    /** Ahead of what is due already. */
    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        Set<Place> from = Housekeeping.both(places, UPCOMING);
        Change ahead = new Change() {
            private long due = Long.MIN_VALUE;

            @Override
            public boolean of(GuardStep work, JobRow row) throws SQLException {
                if (due == Long.MIN_VALUE) {
                    long head = work.statements()
                            .first(
                                    "SELECT due FROM {job} WHERE queue = ? AND place = 2 ORDER BY due, seq LIMIT 1",
                                    found -> found.getLong(1),
                                    work.number(queue))
                            .orElse(Long.MAX_VALUE);
                    due = Math.min(work.nowMillis(), head - 1);
                }
                QueuedJob job = row.job();
                boolean sent = row.place() == Rows.SENT;
                QueuedJob next = sent ? job.withState(Lives.sentAnew(job.state())) : job;
                return work.put(true, next, Writing.of(Rows.SCHEDULED, due));
            }
        };
        return change("prioritise", queue, from, JobSets.values(ids), ahead, GuardHousekeeping::unchanged);
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        return change(
                "replay",
                queue,
                Housekeeping.both(places, ENDED),
                JobSets.values(ids),
                (work, row) -> work.put(
                        true,
                        row.job().withState(row.job().state().replayed()),
                        Writing.of(Rows.SCHEDULED, work.nowMillis())),
                GuardHousekeeping::replayed);
    }

    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        return first("look at jobs of queue '" + queue + "'", queue, place, null, most).stream()
                .map(JobId::new)
                .toList();
    }

    private List<String> first(String what, String queue, Place place, @Nullable Instant until, int most) {
        Integer number = queues.existing(queue);
        Long millis = until == null ? null : until.toEpochMilli();
        return number == null
                ? List.of()
                : database.inTransaction(what, statements -> sets.first(statements, number, place, millis, most, ""));
    }

    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        List<String> ids = first("purge queue '" + queue + "'", queue, place, until, most);
        return change("purge", queue, Set.of(place), ids, GuardHousekeeping::discard, GuardHousekeeping::removed);
    }

    @Override
    public List<WorkerInfo> workers() {
        throw new UnsupportedCapabilityException(
                "GOOSE-3111: a ledger does not know who works; its transport may (" + Capability.WORKER_LIST + ")");
    }
}
