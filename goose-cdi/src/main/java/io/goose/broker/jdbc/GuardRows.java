package io.goose.broker.jdbc;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.broker.jdbc.GuardStep.Writing;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import io.goose.spi.AskedJobs;
import io.goose.spi.BatchLedger;
import io.goose.spi.CronLedger;
import io.goose.spi.EvictionListener;
import io.goose.spi.GuardedLedger;
import io.goose.spi.Housekeeping;
import io.goose.spi.MemberMark;
import io.goose.spi.SendResult;
import io.goose.spi.SessionSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The ledger of a transport: rows of the table of jobs, in queues of their own that no session of ours serves. Thread-safe.
 */
final class GuardRows implements GuardedLedger {

    private final Database database;
    private final Queues queues;
    private final Rows rows;
    private final Burials burials;
    private final JdbcLedger looks;
    private final DueRows due;
    private final Ends ends;
    private final Tombstones tombstones;
    private final Housekeeping housekeeping;
    private final JdbcCrons crons;
    private final UniqueUpkeep uniques;
    private final AskedJobs asked;
    private final ResultRows results;
    private final GuardRecalls recalls;
    private final JdbcBatches batches;
    private volatile Consumer<String> dueListener = queue -> {};

    /**
     * @param queues of this ledger alone
     * @param retention how long tombstones stay
     * @param asked of this ledger alone, too
     */
    GuardRows(Database database, Queues queues, Rows rows, Burials burials, Duration retention, AskedJobs asked) {
        this.database = database;
        this.asked = asked;
        this.queues = queues;
        this.rows = rows;
        this.burials = burials;
        this.looks = new JdbcLedger(database, queues, rows, burials, true);
        this.ends = new Ends(burials);
        this.due = new DueRows(database, queues, rows);
        this.batches = new JdbcBatches(database, queues, this::keepAll, queue -> dueListener.accept(queue));
        this.recalls = new GuardRecalls(database, queues, rows);
        this.housekeeping = new GuardHousekeeping(database, queues, rows, batches);
        this.crons = new JdbcCrons(database, queues, this::keepAll, looks::find, queue -> {});
        this.uniques = new UniqueUpkeep(database, queues, System::nanoTime);
        this.results = new ResultRows(database, queues, System::nanoTime);
        this.tombstones = new Tombstones(database, queues, retention, System::nanoTime);
    }

    @FunctionalInterface
    private interface Steps<T> {
        T in(GuardStep work) throws SQLException;
    }

    private <T> T step(String what, List<QueuedJob> jobs, Steps<T> steps) {
        return stepIn(what, jobs.stream().map(QueuedJob::queue).toList(), steps);
    }

    private <T> T stepIn(String what, List<String> names, Steps<T> steps) {
        try {
            for (String name : names) {
                queues.numberOf(name);
            }
            return database.attempt(what, statements -> steps.in(new GuardStep(statements, queues, rows)));
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    @Override
    public List<SendResult> keep(List<QueuedJob> jobs) {
        return step("keep " + jobs.size() + " jobs for later", jobs, work -> keep(work, jobs));
    }

    private static List<SendResult> keep(GuardStep work, List<QueuedJob> jobs) throws SQLException {
        List<SendResult> results = new ArrayList<>();
        for (QueuedJob job : jobs) {
            results.add(kept(job, Ends.keep(work, job)));
        }
        return results;
    }

    private static List<SendResult> keepInOrder(GuardStep work, List<QueuedJob> jobs) throws SQLException {
        List<SendResult> results = new ArrayList<>();
        for (QueuedJob job : jobs) {
            results.add(kept(job, Ends.keepInOrder(work, job)));
        }
        return results;
    }

    private static SendResult kept(QueuedJob job, boolean added) {
        return added ? SendResult.Accepted.INSTANCE : new SendResult.Exists(job.id());
    }

    @Override
    public boolean keepsResults() {
        return true;
    }

    @Override
    public void keepResults(List<KeptResult> kept) {
        stepIn(
                "keep " + kept.size() + " results",
                kept.stream().map(KeptResult::queue).toList(),
                work -> {
                    for (KeptResult one : kept) {
                        ResultRows.put(work.statements(), work.number(one.queue()), one.id(), one.result(), one.keep());
                    }
                    return kept;
                });
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return results.find(queue, id);
    }

    @Override
    public boolean keepsUnique() {
        return true;
    }

    @Override
    public List<SendResult> keepUnique(List<QueuedJob> jobs) {
        return step("keep " + jobs.size() + " unique jobs", jobs, work -> new UniqueRows(
                        work.statements(), queues, queues::known, free -> keepInOrder(work, free))
                .add(jobs));
    }

    @Override
    public void releaseUnique(List<Released> released) {
        List<Released> known = released.stream()
                .filter(one -> queues.existing(one.home()) != null)
                .toList();
        database.inTransaction("give " + known.size() + " unique keys up", statements -> {
            statements.number("SELECT {now}{byIndex}");
            for (Released one : known) {
                UniqueRows.release(statements, queues.known(one.home()), one.key(), one.id());
            }
            return known;
        });
    }

    private void keepAll(Statements statements, List<QueuedJob> jobs) throws SQLException {
        Ends.keepAll(new GuardStep(statements, queues, rows), jobs);
    }

    @Override
    public Optional<AskedJobs> asked() {
        return Optional.of(asked);
    }

    @Override
    public CronLedger crons() {
        return crons;
    }

    @Override
    public boolean keepsBatches() {
        return true;
    }

    @Override
    public BatchLedger batches() {
        return batches;
    }

    @Override
    public void onDue(Consumer<String> listener) {
        dueListener = listener;
    }

    @Override
    public List<Entered> enter(List<QueuedJob> jobs, Duration hold) {
        return step("enter " + jobs.size() + " jobs that are sent", jobs, work -> EnteredRows.enter(work, jobs, hold));
    }

    @Override
    public void giveBack(List<QueuedJob> jobs) {
        step("note that " + jobs.size() + " jobs wait again", jobs, work -> EnteredRows.giveBack(work, jobs));
    }

    @Override
    public List<Boolean> maySend(List<QueuedJob> jobs) {
        return step("look for " + jobs.size() + " ids", jobs, work -> {
            List<Boolean> may = new ArrayList<>();
            for (QueuedJob job : jobs) {
                JobRow row = work.row(job);
                boolean free = Lives.isFree(row, job);
                if (free && row != null) {
                    work.remove(job); // it is another life of that id
                }
                may.add(free);
            }
            return may;
        });
    }

    @Override
    public void noteSent(List<QueuedJob> jobs) {
        step("note " + jobs.size() + " sent jobs", jobs, work -> {
            for (QueuedJob job : jobs) {
                JobRow row = work.row(job);
                if (Lives.isFree(row, job)) {
                    work.put(row != null, job, Writing.of(Rows.NOTED, work.nowMillis()));
                }
            }
            return jobs;
        });
    }

    @Override
    public Due takeDue(String queue, int most, Duration hold) {
        return due.take(queue, most, hold);
    }

    @Override
    public List<Taken> takeStrays(int most, Duration hold) {
        return due.takeStrays(most, hold);
    }

    @Override
    public void sent(List<Taken> taken) {
        due.sent(taken);
    }

    @Override
    public void putOff(List<Taken> taken, Duration after) {
        due.putOff(taken, after);
    }

    @Override
    public List<Boolean> begin(List<Delivery> deliveries) {
        List<QueuedJob> jobs = deliveries.stream().map(Delivery::job).toList();
        return step("begin " + jobs.size() + " jobs", jobs, work -> {
            boolean[] begun = EnteredRows.begin(work, jobs);
            List<Boolean> run = new ArrayList<>();
            for (int i = 0; i < begun.length; i++) {
                run.add(begun[i] || begin(work, deliveries.get(i)));
            }
            return run;
        });
    }

    private static boolean begin(GuardStep work, Delivery delivery) throws SQLException {
        QueuedJob job = delivery.job();
        JobRow row = work.row(job);
        boolean runs = row == null || runs(row, delivery);
        if (runs && row != null && row.place() != Rows.NOTED) {
            work.put(true, job, Writing.of(Rows.BEGUN, null));
        }
        return runs;
    }

    private static boolean runs(JobRow row, Delivery delivery) {
        int moves = delivery.job().state().moves();
        if (Lives.moves(row) != moves) {
            return Lives.moves(row) < moves || row.place() == Rows.NOTED;
        }
        return switch (row.place()) {
            case Rows.SENT, Rows.SCHEDULED, Rows.NOTED -> true; // scheduled: taken, sent, and put off by another
            case Rows.BEGUN -> delivery.redelivered(); // else it is another copy of what runs
            default -> false; // it was settled
        };
    }

    @Override
    public void settle(List<Change> changes) {
        List<QueuedJob> jobs = new ArrayList<>();
        for (Change change : changes) {
            jobs.add(change.ran());
            jobs.addAll(change.enqueued());
            Kept next = change.next();
            if (next != null) {
                jobs.add(next.job());
            }
        }
        List<JobId> marked = step("keep the ends of " + changes.size() + " jobs", jobs, work -> {
            List<MemberMark> marks = new ArrayList<>();
            boolean[] ended = EnteredRows.end(work, changes);
            for (int i = 0; i < ended.length; i++) {
                MemberMark mark = changes.get(i).mark();
                if ((ended[i] || ends.note(work, changes.get(i))) && mark != null) {
                    marks.add(mark);
                }
            }
            BatchMarks.note(work.statements(), marks);
            return marks.stream().map(mark -> mark.batch().member(mark.index())).toList();
        });
        batches.changed(marked);
    }

    @Override
    public boolean forget(String queue, JobId id) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return true;
        }
        boolean wasThere =
                database.inTransaction("forget job " + id, statements -> EnteredRows.forget(statements, number, id));
        batches.changed(List.of(id));
        return wasThere;
    }

    @Override
    public void upkeep() {
        burials.evictChanged(database, queues);
        tombstones.forgetOld();
        uniques.forgetOld();
        results.forgetOld();
        batches.sweep();
    }

    @Override
    public Set<String> queues() {
        return Collections.unmodifiableSet(queues.names());
    }

    @Override
    public QueueStats stats(String queue) {
        return looks.stats(queue);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return looks.find(queue, id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return looks.list(queue, place, offset, limit);
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    @Override
    public void onEviction(EvictionListener listener) {
        burials.listen(listener);
    }

    @Override
    public int recall(SessionSpec session) {
        return recalls.recall(session);
    }

    @Override
    public void pause(String queue) {
        setPaused(queue, true);
    }

    @Override
    public void resume(String queue) {
        setPaused(queue, false);
    }

    private void setPaused(String queue, boolean paused) {
        try {
            looks.pause(queue, paused);
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }
}
