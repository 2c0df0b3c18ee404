package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.spi.MemberState;
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

    /** A session that ended in an orderly way, and one whose jobs could not all be rescued yet. */
    private static final int ENDED = 1;

    private static final int GIVEN_UP = 2;

    private static final int CHUNK = 500;

    private static final String GIVE_UP =
            "UPDATE {job} SET place = ?, lane = ?, seq = ?, due = ?, crashes = ?, record = ?,"
                    + " session = NULL, claim = NULL WHERE queue = ? AND id = ? AND session = ? AND place + 0 = 1";

    private final Rows rows;
    private final Burials burials;
    private final Map<String, Long> firstSeenExpired = new HashMap<>();
    private final Set<String> dead = new HashSet<>();

    Rescuer(Rows rows, Burials burials) {
        this.rows = rows;
        this.burials = burials;
    }

    /** Who was found expired, and when; and which leases of our own are to be cancelled. */
    record Expired(List<String> ids, long nowMillis, List<Cancels.Noted> cancelled) {
        static Expired read(Statements statements, Standing self) throws SQLException {
            long now = statements.number("SELECT {now}");
            return new Expired(
                    statements.query(
                            "SELECT s.id FROM {session} s JOIN {beat} b ON b.session = s.id"
                                    + " WHERE s.namespace = ? AND b.expiry <= ? AND s.id <> ?",
                            row -> row.getString(1),
                            self.namespace(),
                            now,
                            self.id()),
                    now,
                    Cancels.of(statements, self.id()));
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

    /**
     * What was done for the jobs of the dead.
     *
     * @param isWhole whether the session is gone; if not, somebody else holds a lock on it or on one of its jobs
     */
    record Found(List<JobId> rescued, List<JobId> suspects, List<JobId> buried, Set<String> queues, boolean isWhole) {
        static Found nothing() {
            return new Found(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new HashSet<>(), false);
        }

        Found whole() {
            return new Found(rescued, suspects, buried, queues, true);
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
            Found found =
                    database.inTransaction("rescue the jobs of session " + id, statements -> rescue(statements, id));
            all.add(found);
            if (found.isWhole()) { // else the next sweep goes on, unless a beat finds that it lives or is gone
                dead.remove(id);
                firstSeenExpired.remove(id);
            }
        }
        return all;
    }

    private record Worker(String id, String host, int threads, int exposure, boolean closed) {}

    /**
     * Waits for nobody's locks, for it runs on the heart: the connection of a dead worker may hang, in a transaction that locks
     * its session or jobs, until the database finds out. What is not locked is rescued at once.
     */
    private Found rescue(Statements statements, String id) throws SQLException {
        Found found = Found.nothing();
        // The session's row keeps its claims out, and the beat's row its beats.
        Optional<Worker> expired = statements.first(
                "SELECT id, host, threads, exposure, closed FROM {session} WHERE id = ? {freeRow}",
                row -> new Worker(
                        row.getString(1), row.getString(2), row.getInt(3), row.getInt(4), row.getInt(5) == ENDED),
                id);
        if (expired.isEmpty()
                || statements
                        .first("SELECT 1 FROM {beat} WHERE session = ? AND expiry <= {now} {freeRow}", row -> 1, id)
                        .isEmpty()) {
            return found; // it beats again, or somebody else was quicker, or it is locked
        }
        List<Integer> queues = statements.query(
                "SELECT DISTINCT queue FROM {job} WHERE session = ? AND place = 1", row -> row.getInt(1), id);
        for (int queue : queues) {
            String name = statements
                    .first("SELECT name FROM {queue} WHERE id = ?", row -> row.getString(1), queue)
                    .orElseThrow();
            rescue(statements, expired.get(), queue, name, found);
        }
        if (statements.number("SELECT COUNT(*) FROM {job} WHERE session = ? AND place = 1", id) > 0) {
            // It must not beat again with the leases that it has not lost.
            statements.update("UPDATE {beat} SET expiry = 0 WHERE session = ?", id);
            statements.update("UPDATE {session} SET closed = ? WHERE id = ? AND closed = 0", GIVEN_UP, id);
            return found;
        }
        Sessions.remove(statements, id);
        return found.whole();
    }

    private void rescue(Statements statements, Worker worker, int number, String queue, Found found)
            throws SQLException {
        List<JobRow> leased = statements.query(
                "SELECT " + Rows.BARE
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
            for (JobRow row : chunk) {
                if (found.buried().contains(row.job().id())) {
                    BatchMarks.note(statements, row.job().id(), row.job().state(), MemberState.DEAD);
                }
            }
        }
        Cancels.removeGivenBack(statements, worker.id());
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
