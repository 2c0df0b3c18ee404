package io.goose.broker.jdbc;

import io.goose.QueueNames;
import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Adds jobs. Thread-safe. */
final class Sender {

    static final String MARK = "INSERT INTO {mark} (queue, name, made) VALUES (?, ?, {now})";

    private static final int LONGEST_ID = 64;

    private final Database database;
    private final Queues queues;

    Sender(Database database, Queues queues) {
        this.database = database;
        this.queues = queues;
    }

    /** Adds what is not there; one answer for each. */
    List<SendResult> send(List<QueuedJob> jobs) {
        return send(jobs, this::add);
    }

    /** The same as part of the transaction of the calling thread; the queues must have been prepared. */
    List<SendResult> sendInTransaction(List<QueuedJob> jobs) {
        return send(jobs, this::join);
    }

    private static List<SendResult> send(List<QueuedJob> jobs, Function<List<QueuedJob>, List<SendResult>> adding) {
        @Nullable SendResult[] results = new SendResult[jobs.size()];
        List<Integer> accepted = new ArrayList<>();
        for (int i = 0; i < results.length; i++) {
            results[i] = refusal(jobs.get(i));
            if (results[i] == null) {
                accepted.add(i);
            }
        }
        List<QueuedJob> toAdd = accepted.stream().map(jobs::get).toList();
        List<SendResult> answers = toAdd.isEmpty() ? List.of() : adding.apply(toAdd);
        for (int i = 0; i < answers.size(); i++) {
            results[accepted.get(i)] = answers.get(i);
        }
        List<SendResult> all = new ArrayList<>(results.length);
        for (@Nullable SendResult result : results) {
            all.add(result == null ? SendResult.Accepted.INSTANCE : result);
        }
        return all;
    }

    private static @Nullable SendResult refusal(QueuedJob job) {
        if (job.id().value().length() > LONGEST_ID) {
            return new SendResult.Rejected(
                    "GOOSE-3053",
                    "GOOSE-3053: cannot enqueue job " + job.id() + ": its id is longer than " + LONGEST_ID
                            + " characters; use a UUID");
        }
        return QueueNames.problem(job.queue())
                .map(problem -> new SendResult.Rejected(
                        "GOOSE-3001",
                        "GOOSE-3001: cannot enqueue job " + job.id() + " to queue '" + job.queue() + "': " + problem))
                .orElse(null);
    }

    private List<SendResult> add(List<QueuedJob> jobs) {
        try {
            Map<String, Integer> numbers = new HashMap<>();
            for (QueuedJob job : jobs) {
                if (!numbers.containsKey(job.queue())) {
                    numbers.put(job.queue(), queues.numberOf(job.queue()));
                }
            }
            return database.attempt(
                    "enqueue " + jobs.size() + " jobs", statements -> insertUnique(statements, jobs, numbers));
        } catch (Unfinished unfinished) {
            SendResult unknown = new SendResult.Unknown(unfinished.maybeDone(), unfinished.reason());
            return Collections.nCopies(jobs.size(), unknown);
        }
    }

    private List<SendResult> join(List<QueuedJob> jobs) {
        Map<String, Integer> numbers = new HashMap<>();
        jobs.forEach(job -> numbers.put(job.queue(), queues.known(job.queue())));
        // A fresh id is nobody else's; a chosen one, or a unique key, may be in another transaction, which must not be
        // waited for for ever.
        boolean mayWait = UniqueRows.areAmong(jobs) || jobs.stream().anyMatch(Sender::isMarked);
        return database.inCallersTransaction(
                "enqueue " + jobs.size() + " jobs in the caller's transaction",
                mayWait,
                statements -> insertUnique(statements, jobs, numbers));
    }

    /** Adds jobs, of which some may be unique. */
    private List<SendResult> insertUnique(Statements statements, List<QueuedJob> jobs, Map<String, Integer> numbers)
            throws SQLException {
        return UniqueRows.areAmong(jobs)
                ? new UniqueRows(
                                statements,
                                queues,
                                queue -> numbers.getOrDefault(queue, 0),
                                free -> answers(free, insert(statements, free, numbers)))
                        .add(jobs)
                : answers(jobs, insert(statements, jobs, numbers));
    }

    private static List<SendResult> answers(List<QueuedJob> jobs, boolean[] added) {
        List<SendResult> results = new ArrayList<>(jobs.size());
        for (int i = 0; i < added.length; i++) {
            results.add(
                    added[i]
                            ? SendResult.Accepted.INSTANCE
                            : new SendResult.Exists(jobs.get(i).id()));
        }
        return results;
    }

    /** Makes sure that queues have their numbers. */
    void prepare(Set<String> names) {
        try {
            for (String name : names) {
                if (QueueNames.problem(name).isEmpty()) {
                    queues.numberOf(name);
                }
            }
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    /** Adds jobs that are not there and were not marked; for each whether it was added. */
    boolean[] insert(Statements statements, List<QueuedJob> jobs, Map<String, Integer> numbers) throws SQLException {
        Step step = Step.inCallersTransaction(statements);
        boolean[] fresh = mark(statements, jobs, numbers);
        List<Bulk.NewRow> values = new ArrayList<>();
        for (int i = 0; i < fresh.length; i++) {
            if (fresh[i]) {
                QueuedJob job = jobs.get(i);
                values.add(row(job, numbers.getOrDefault(job.queue(), 0), step, i));
            }
        }
        boolean[] inserted = Bulk.insert(statements, values);
        for (int i = 0, next = 0; i < fresh.length; i++) {
            fresh[i] = fresh[i] && inserted[next++];
        }
        return fresh;
    }

    /** The same for queues that were prepared. */
    void insertPrepared(Statements statements, List<QueuedJob> jobs) throws SQLException {
        Map<String, Integer> numbers = new HashMap<>();
        jobs.forEach(job -> numbers.put(job.queue(), queues.known(job.queue())));
        insert(statements, jobs, numbers);
    }

    private static boolean[] mark(Statements statements, List<QueuedJob> jobs, Map<String, Integer> numbers)
            throws SQLException {
        List<@Nullable Object[]> marks = new ArrayList<>();
        for (QueuedJob job : jobs) {
            if (isMarked(job)) {
                marks.add(new Object[] {numbers.get(job.queue()), markOf(job)});
            }
        }
        boolean[] made = statements.insertAllIfAbsent(MARK, marks);
        boolean[] fresh = new boolean[jobs.size()];
        for (int i = 0, next = 0; i < fresh.length; i++) {
            fresh[i] = !isMarked(jobs.get(i)) || made[next++];
        }
        return fresh;
    }

    private static boolean isMarked(QueuedJob job) {
        return job.marked() || job.state().moves() > 0;
    }

    private static String markOf(QueuedJob job) {
        return job.id() + ":" + job.state().moves();
    }

    private static Bulk.NewRow row(QueuedJob job, int queue, Step step, int index) {
        DeliveryState state = job.state();
        Instant notBefore = state.notBefore();
        Long due = notBefore == null || notBefore.toEpochMilli() <= step.nowMillis() ? null : notBefore.toEpochMilli();
        boolean back = notBefore == null && state.lane() == Lane.BACK;
        return new Bulk.NewRow(
                queue,
                job.id().value(),
                due != null ? Rows.SCHEDULED : Rows.WAITING,
                back && state.crashes() == 0 ? Rows.BACK : Rows.front(state.crashes()),
                step.number() + index,
                due,
                state.crashes(),
                Rows.encode(state),
                job.envelope().bytes());
    }
}
