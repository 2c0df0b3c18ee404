package io.goose.engine.worker;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.GooseException;
import io.goose.engine.observe.Observation;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Leases jobs into the buffer, ahead of the threads by as much time as is allowed. One round is one claim. */
final class Dispatcher {

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
    private static final long MOST_BYTES = 4L << 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final long ROOM_WAIT_NANOS = 250_000_000L;
    private static final long SUSPENDED_WAIT_NANOS = 200_000_000L;
    private static final long BEAT_WAIT_NANOS = 500_000_000L;
    private static final long STALE_NANOS = 1_000_000_000L; // buffered jobs that are not started in time go back
    private static final long BROKEN_NANOS = 1_000_000_000L; // nor one that could not be asked, for this long
    private static final long EMPTY_NANOS = 20_000_000L; // a queue found empty is not asked again for this long
    private static final long SUSPECTS_NANOS = 1_000_000_000L; // a queue is asked for suspects at least this often

    private final WorkerSettings settings;
    private final JobBuffer buffer;
    private final Lookahead lookahead;
    private final HeldJobs held;
    private final Liveness liveness;
    private final WorkerState state;
    private final BooleanSupplier mayLease;
    private final Observation observation;
    private final QueueOrder order;
    private final Map<String, Long> emptySince = new HashMap<>();
    private final Map<String, Long> brokenUntil = new HashMap<>();
    private final Map<String, OutageLog> outages = new HashMap<>();
    private final Map<String, Long> noSuspectSince = new HashMap<>(); // when the queue was asked for one and gave none
    private final List<Lease> owed = new ArrayList<>(); // leases to be given back
    private List<String> turn = List.of(); // the order of the round under way; empty when the next begins
    private volatile int owing; // how many those are, for others to see
    private volatile boolean askForSuspects; // the one that was held has ended
    private boolean stuck; // leases went back because no thread came free in time

    Dispatcher(WorkerSettings settings, Runs.Around around, BooleanSupplier mayLease, Observation observation) {
        this.settings = settings;
        this.buffer = around.buffer();
        this.lookahead = around.lookahead();
        this.held = around.held();
        this.liveness = around.liveness();
        this.state = around.state();
        this.mayLease = mayLease;
        this.observation = observation;
        this.order = new QueueOrder(settings.queues(), settings.order());
    }

    /** One round: gives old leases back, then claims from the first queue that has something, or waits. */
    void round(Session session) throws InterruptedException {
        if (askForSuspects) {
            askForSuspects = false;
            noSuspectSince.clear();
            emptySince.clear();
        }
        giveBack(session);
        if (!isAlive(session)) {
            return; // the worker stops
        }
        if (!mayLease.getAsBoolean()) {
            buffer.awaitOutstanding(-1, SUSPENDED_WAIT_NANOS);
            return;
        }
        int outstanding = buffer.outstanding();
        if (stuck && outstanding >= settings.threads()) {
            buffer.awaitOutstanding(settings.threads() - 1, ROOM_WAIT_NANOS);
            return; // what went back is for others now; we would only sit on it again
        }
        stuck = false;
        if (turn.isEmpty()) {
            turn = order.next();
        }
        boolean asked = false;
        Duration wait = LONGEST_WAIT;
        if (brokenUntil.size() == settings.queues().size()) {
            brokenUntil.clear(); // there is nothing better to do than ask
        }
        for (String queue : turn) {
            if (isBroken(queue) || !liveness.isFresh(queue)) {
                asked = true;
                continue;
            }
            Duration rest = restOfEmptiness(queue);
            if (!rest.isZero() && settings.order() == WorkerSettings.Order.WEIGHTED) {
                asked = true;
                wait = shorter(wait, rest);
                continue;
            }
            int beyond = lookahead.beyondThreads(queue);
            // The threads of a quick queue with a backlog are never free by themselves: for a suspect it has to run
            // low.
            boolean low = beyond == 0 || mayHaveSuspect(queue);
            int mark = low ? settings.threads() - 1 : settings.threads() + beyond / 2;
            if (outstanding > mark) { // let it drain, so that the next claim is worth its round trip
                if (!rest.isZero()) {
                    continue;
                }
                // Its turn stays its turn: were the queues after it asked, their jobs would take the room it waits for.
                awaitRoom(session, asked, mark, wait);
                return;
            }
            asked = true;
            int room = settings.threads() + beyond - outstanding;
            // A suspect is started at once or not leased: one that waited at a crash would be counted for nothing.
            boolean suspects = outstanding < settings.threads();
            Claim claim;
            long begun = observation.begin();
            try {
                claim = session.lease(queue, Math.min(room, Lookahead.MOST), MOST_BYTES, suspects);
                observation.claimed(begun, queue, claim.leases().size());
                works(queue);
                noteSuspects(queue, suspects, claim);
                lookahead.limited(queue, claim.limited());
            } catch (GooseException broken) { // the other queues are not to wait for this one
                fails(queue, broken);
                if (brokenUntil.size() == settings.queues().size()) {
                    throw broken;
                }
                continue;
            }
            if (!claim.leases().isEmpty()) {
                take(session, claim.leases());
                if (!claim.limited() || claim.more()) {
                    turn = List.of();
                    return;
                }
                outstanding += claim.leases().size(); // its permits are taken: another claim now would find nothing
            }
            emptySince.put(queue, System.nanoTime());
            if (claim.more()) {
                wait = Duration.ZERO;
            } else if (!claim.paused()) {
                wait = shorter(wait, claim.untilNextDue().orElse(LONGEST_WAIT));
            }
        }
        turn = List.of();
        if (asked) {
            if (outstanding >= settings.threads()) { // suspects were not asked for
                buffer.whenOutstanding(settings.threads() - 1, session::wake);
            }
            session.await(wait);
            emptySince.clear();
        } else { // all were found empty a moment ago, and there is work enough meanwhile
            buffer.awaitOutstanding(settings.threads() - 1, EMPTY_NANOS);
        }
    }

    /**
     * Waits until the last good beat is younger than the lease; false if the worker stops. A claim counts as a sign of life
     * too: those of a worker whose heart has died would keep what it holds, and cannot start, from all others for ever.
     */
    private boolean isAlive(Session session) throws InterruptedException {
        while (!liveness.awaitFresh(BEAT_WAIT_NANOS)) {
            if (state.isStopping()) {
                return false;
            }
            giveBack(session);
        }
        return true;
    }

    private void awaitRoom(Session session, boolean asked, int mark, Duration wait) throws InterruptedException {
        if (!asked) {
            buffer.awaitOutstanding(mark, ROOM_WAIT_NANOS);
            return;
        }
        // Another queue was found empty: what comes there ends the wait too.
        buffer.whenOutstanding(mark, session::wake);
        session.await(wait);
        emptySince.clear();
    }

    private void take(Session session, List<Lease> leases) {
        long now = System.nanoTime();
        List<LeasedJob> jobs = new ArrayList<>(leases.size());
        for (Lease lease : leases) {
            jobs.add(held.add(lease, now));
        }
        if (!buffer.addAll(jobs)) { // the worker stopped meanwhile
            owe(jobs);
            giveBack(session);
        }
    }

    /**
     * Gives back what was not started in time, and what ended without an outcome; once the buffer is closed, all that was not
     * started.
     */
    void giveBack(Session session) {
        List<LeasedJob> unstarted = buffer.removeUnstarted(STALE_NANOS, System.nanoTime());
        if (!unstarted.isEmpty()) {
            stuck = true;
            owe(unstarted);
        }
        if (held.hasUntold()) {
            owe(held.untold());
        }
        if (!owed.isEmpty()) {
            LOG.log(DEBUG, "{0} leased jobs go back, most often because they were not started in time", owed.size());
            session.returnUnstarted(
                    List.copyOf(owed)); // if this throws they stay owed; those it gave back are stale then
            owed.clear();
            owing = 0;
        }
    }

    private void owe(List<LeasedJob> unstarted) {
        for (LeasedJob job : unstarted) {
            held.remove(job);
            if (!job.isLost()) {
                owed.add(job.lease());
            }
        }
        owing = owed.size();
    }

    /** Whether {@link #giveBack} has something to do besides what is in the buffer. Safe to ask from any thread. */
    boolean hasMoreToGiveBack() {
        return owing > 0 || held.hasUntold();
    }

    /** How many leases could not be given back yet. Safe to ask from any thread. */
    int owing() {
        return owing;
    }

    private boolean isBroken(String queue) {
        Long until = brokenUntil.get(queue);
        return until != null && until - System.nanoTime() > 0;
    }

    private void works(String queue) {
        brokenUntil.remove(queue);
        OutageLog outage = outages.remove(queue);
        if (outage != null) {
            outage.succeeded();
        }
    }

    private void fails(String queue, GooseException broken) {
        brokenUntil.put(queue, System.nanoTime() + BROKEN_NANOS);
        if (settings.queues().size() > 1) { // else the loop says so
            outages.computeIfAbsent(
                            queue, q -> new OutageLog("GOOSE-4001", "leasing from queue '" + q + "'", System::nanoTime))
                    .failed(broken);
        }
    }

    private boolean mayHaveSuspect(String queue) {
        Long since = noSuspectSince.get(queue);
        return since == null || System.nanoTime() - since > SUSPECTS_NANOS;
    }

    /** Where there was a suspect there are often more, and the next one is asked for at once. */
    private void noteSuspects(String queue, boolean asked, Claim claim) {
        if (!asked) {
            return;
        }
        if (claim.leases().stream().anyMatch(Lease::suspect)) {
            noSuspectSince.remove(queue);
        } else {
            noSuspectSince.put(queue, System.nanoTime());
        }
    }

    /** Says that the suspect which this worker held has ended: where there was one there are often more. Called by any thread. */
    void suspectEnded() {
        askForSuspects = true;
    }

    /** How much longer a queue that was found empty is believed to be so. With one there is nothing better to do than ask. */
    private Duration restOfEmptiness(String queue) {
        Long since = settings.queues().size() == 1 ? null : emptySince.get(queue);
        long left = since == null ? 0 : EMPTY_NANOS - (System.nanoTime() - since);
        return left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
