package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.Failure;
import io.goose.job.JobId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One session's view of which others are dead, and what it does for their jobs. A session is dead only if it was expired at
 * two beats of this one, a heartbeat apart: an outage that stops everybody's beats rescues nobody alive. Called by one
 * thread.
 */
final class Rescuer {

    /** A job that was running when this many workers died, in the end alone among suspects, is buried. */
    private static final int CRASHES_TO_BURY = 3;

    private static final int CHUNK = 500;

    private static final String GIVE_UP =
            "UPDATE {job} SET place = ?, lane = ?, seq = ?, due = ?, crashes = ?, record = ?,"
                    + " session = NULL, claim = NULL WHERE queue = ? AND id = ? AND session = ? AND place = 1";

    private final Rows rows;
    private final Burials burials;
    private final Map<String, Long> firstSeenExpired = new HashMap<>();
    private final Set<String> dead = new HashSet<>();

    Rescuer(Rows rows, Burials burials) {
        this.rows = rows;
        this.burials = burials;
    }

    /** Who was found expired, and when. */
    record Expired(List<String> ids, long nowMillis) {
        static Expired read(Statements statements, Standing self) throws SQLException {
            long now = statements.number("SELECT {now}");
            return new Expired(
                    statements.query(
                            "SELECT id FROM {session} WHERE namespace = ? AND expiry <= ? AND id <> ?",
                            row -> row.getString(1),
                            self.namespace(),
                            now,
                            self.id()),
                    now);
        }
    }

    /** Notes who is expired at a good beat. */
    void noteBeat(Expired expired, long heartbeatMillis) {
        for (String id : expired.ids()) {
            Long first = firstSeenExpired.putIfAbsent(id, expired.nowMillis());
            if (first != null && first + heartbeatMillis <= expired.nowMillis()) {
                dead.add(id);
            }
        }
        firstSeenExpired.keySet().retainAll(expired.ids());
        dead.retainAll(expired.ids());
    }

    /** Forgets what was seen: this session could not beat itself, so it cannot tell who could. */
    void forget() {
        firstSeenExpired.clear();
        dead.clear();
    }

    /** What was done for the jobs of the dead. */
    record Found(List<JobId> rescued, List<JobId> suspects, List<JobId> buried, Set<String> queues) {
        static Found nothing() {
            return new Found(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new HashSet<>());
        }

        List<JobId> of(boolean counts, Fate fate) {
            if (!counts) {
                return rescued;
            }
            return fate.place() == Rows.DEAD ? buried : suspects;
        }

        void add(Found other) {
            rescued.addAll(other.rescued);
            suspects.addAll(other.suspects);
            buried.addAll(other.buried);
            queues.addAll(other.queues);
        }
    }

    /** Gives back what the dead held. */
    Found sweep(Database database) {
        Found all = Found.nothing();
        for (String id : Set.copyOf(dead)) {
            all.add(database.inTransaction("rescue the jobs of session " + id, statements -> rescue(statements, id)));
            dead.remove(id);
            firstSeenExpired.remove(id);
        }
        return all;
    }

    private record Worker(String id, String host, int threads, int exposure, boolean closed) {}

    private Found rescue(Statements statements, String id) throws SQLException {
        Found found = Found.nothing();
        Optional<Worker> expired = statements.first(
                "SELECT id, host, threads, exposure, closed FROM {session} WHERE id = ? AND expiry <= {now} FOR UPDATE",
                row -> new Worker(row.getString(1), row.getString(2), row.getInt(3), row.getInt(4), row.getInt(5) != 0),
                id);
        if (expired.isEmpty()) {
            return found; // it beats again, or somebody else was quicker
        }
        List<Map.Entry<Integer, String>> queues = statements.query(
                "SELECT DISTINCT q.id, q.name FROM {job} j JOIN {queue} q ON q.id = j.queue"
                        + " WHERE j.session = ? AND j.place = 1",
                row -> Map.entry(row.getInt(1), row.getString(2)),
                id);
        for (Map.Entry<Integer, String> queue : queues) {
            rescue(statements, expired.get(), queue.getKey(), queue.getValue(), found);
        }
        // What a transaction holds that runs a job of it is left to a later sweep: it may still be completed.
        if (statements.number("SELECT COUNT(*) FROM {job} WHERE session = ? AND place = 1", id) == 0) {
            Sessions.remove(statements, id);
        }
        return found;
    }

    private void rescue(Statements statements, Worker worker, int number, String queue, Found found)
            throws SQLException {
        List<JobRow> leased = statements.query(
                "SELECT " + Rows.COLUMNS
                        + " FROM {job} WHERE session = ? AND place = 1 AND queue = ? ORDER BY token {unlocked}",
                rows.of(queue),
                worker.id(),
                number);
        List<JobRow> exposed = exposed(worker, leased);
        found.queues().add(queue);
        for (int from = 0; from < leased.size(); from += CHUNK) {
            List<JobRow> chunk = leased.subList(from, Math.min(leased.size(), from + CHUNK));
            Step step = Step.begin(statements);
            List<@Nullable Object[]> values = new ArrayList<>();
            for (JobRow row : chunk) {
                boolean counts = exposed.contains(row);
                Fate fate = counts ? counted(worker, row, exposed, step) : uncounted(row);
                found.of(counts, fate).add(row.job().id());
                values.add(new @Nullable Object[] {
                    fate.place(),
                    fate.lane(),
                    step.number() + values.size(),
                    fate.due(),
                    fate.state().crashes(),
                    Rows.encode(fate.state()),
                    number,
                    row.id(),
                    worker.id()
                });
            }
            statements.updateAll(GIVE_UP, values);
        }
        if (!found.buried().isEmpty()) {
            burials.happened(queue);
        }
    }

    /** Where a job goes. */
    private record Fate(int place, int lane, @Nullable Long due, DeliveryState state) {}

    private static Fate uncounted(JobRow row) {
        DeliveryState state = row.job().state();
        return new Fate(Rows.WAITING, Rows.front(state.crashes()), null, state);
    }

    private static Fate counted(Worker worker, JobRow row, List<JobRow> exposed, Step step) {
        DeliveryState counted = row.job().state().withCrashes(row.job().state().crashes() + 1);
        if (!row.isSuspect() || counted.crashes() < CRASHES_TO_BURY) {
            return new Fate(Rows.WAITING, Rows.SUSPECTS, null, counted);
        }
        Instant now = Instant.ofEpochMilli(step.nowMillis());
        DeliveryState last = counted.withUnknownSince(null)
                .withFailures(counted.failures()
                        .and(poison(worker, row, exposed), now)
                        .diedAt(now));
        return new Fate(Rows.DEAD, Rows.BACK, step.nowMillis(), last);
    }

    /**
     * The jobs that can have been running: jobs start in the order of their tokens, so the first ones, and the suspect, which
     * is never kept waiting. None if the session ended in an orderly way.
     */
    private static List<JobRow> exposed(Worker worker, List<JobRow> leased) {
        List<JobRow> exposed = new ArrayList<>();
        int plain = 0;
        for (JobRow row : leased) {
            if (!worker.closed() && (row.isSuspect() || plain++ < worker.exposure())) {
                exposed.add(row);
            }
        }
        return exposed;
    }

    private static Failure poison(Worker worker, JobRow row, List<JobRow> exposed) {
        String message = "was running, alone among suspects, when its worker died for the " + CRASHES_TO_BURY
                + "rd time; host " + worker.host() + ", session " + worker.id() + ", " + worker.threads() + " threads";
        String neighbours = exposed.stream()
                .filter(neighbour -> !neighbour.equals(row))
                .map(JobRow::id)
                .collect(Collectors.joining("\n"));
        return new Failure(Failure.POISON, message, "neighbours:\n" + neighbours);
    }
}
