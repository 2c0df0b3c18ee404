package io.goose.engine.worker;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.retry.FailureLog;
import io.goose.spi.Beat;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs of one broker: a dispatcher leases, threads run, a settler writes outcomes, a heart beats and puts in order
 * what others left.
 *
 * <p>{@link #start} returns at once; the broker need not be there. {@link #stop} may be called once or often, also before
 * start.
 */
public final class Worker {

    private static final System.Logger LOG = System.getLogger(Worker.class.getName());
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);
    private static final Duration FLUSH = Duration.ofSeconds(5);
    private static final Duration BOOKKEEPING_RETRY = Duration.ofSeconds(1);
    private static final long SETTLE_WAIT_NANOS = 500_000_000L;
    private static final long LAST_MOMENT_NANOS = 200_000_000L;

    private final WorkerSettings settings;
    private final WorkerParts parts;
    private final WorkerState state = new WorkerState();
    private final JobBuffer buffer = new JobBuffer();
    private final Settler settler = new Settler();
    private final HeldJobs held = new HeldJobs(state);
    private final Lookahead lookahead;
    private final Liveness liveness;
    private final Dispatcher dispatcher;
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch heartStops = new CountDownLatch(1);
    private final List<Loop> jobLoops = new ArrayList<>();
    private final Loop dispatchLoop;
    private final Loop settleLoop;
    private final Loop heartLoop;
    private volatile @Nullable Session session;
    private volatile boolean started; // written under this

    public Worker(WorkerSettings settings, WorkerParts parts) {
        this.settings = settings;
        this.parts = parts;
        this.lookahead = new Lookahead(settings.times().lookahead(), settings.threads());
        this.liveness = new Liveness(settings.times().lease(), System::nanoTime);
        this.dispatcher =
                new Dispatcher(settings, buffer, lookahead, held, parts.host().mayLease());
        String prefix = "goose-" + parts.name();
        this.dispatchLoop = new Loop(prefix + "-dispatcher", this::dispatch, state::isStopping);
        this.settleLoop = new Loop(prefix + "-settler", this::settle, this::settledAll);
        this.heartLoop = new Loop(prefix + "-heart", this::beat, () -> heartStops.getCount() == 0);
        for (int i = 1; i <= settings.threads(); i++) {
            jobLoops.add(new Loop(prefix + "-job-" + i, this::runNext, state::isStopping));
        }
    }

    /** Starts the threads. Starting again does nothing. */
    public synchronized void start() {
        if (started || state.isStopping()) {
            return;
        }
        started = true;
        LOG.log(
                INFO,
                "GOOSE-4004: the worker of broker ''{0}'' ({1}) starts: {2} threads, queues {3}",
                parts.name(),
                parts.broker().describe(),
                settings.threads(),
                settings.queues());
        loops().forEach(loop -> loop.start(parts.threads()));
    }

    private List<Loop> loops() {
        List<Loop> all = new ArrayList<>(jobLoops);
        all.add(settleLoop);
        all.add(heartLoop);
        all.add(dispatchLoop);
        return all;
    }

    private void dispatch() throws InterruptedException {
        Session open = session;
        if (open == null) {
            open = open();
        }
        if (!state.isStopping()) {
            dispatcher.round(open);
        }
    }

    private Session open() {
        Session fresh = parts.broker()
                .open(new SessionSpec(
                        List.copyOf(settings.queues().keySet()),
                        settings.threads(),
                        settings.threads() + Settler.CAPACITY,
                        parts.announced(),
                        settings.times().lease(),
                        settings.times().heartbeat(),
                        parts.host().name()));
        liveness.beat(System.nanoTime());
        session = fresh;
        opened.countDown();
        if (state.phase() == WorkerState.Phase.STOPPED) { // the stop did not wait for this call and saw no session
            fresh.close();
        }
        return fresh;
    }

    private void settle() throws InterruptedException {
        Session open = session;
        if (open == null) {
            boolean isOpen = opened.await(SETTLE_WAIT_NANOS, TimeUnit.NANOSECONDS);
            LOG.log(DEBUG, "the settler goes on, session open: {0}", isOpen);
            return;
        }
        settler.flush(open, SETTLE_WAIT_NANOS);
    }

    private boolean settledAll() {
        return state.phase() == WorkerState.Phase.STOPPED
                || (state.phase() == WorkerState.Phase.FLUSHING && settler.unwritten() == 0);
    }

    private void beat() throws InterruptedException {
        Session open = session;
        if (open != null) {
            long begun = System.nanoTime();
            Beat beat = open.renew();
            held.lost(beat.lost());
            liveness.beat(begun, beat.failed());
            if (!beat.lost().isEmpty()) {
                LOG.log(
                        WARNING,
                        "GOOSE-4005: {0} leases of broker ''{1}'' were lost; their jobs are interrupted and will run again"
                                + " elsewhere",
                        beat.lost().size(),
                        parts.name());
            }
            if (!state.isStopping()) {
                report(open.sweep());
            }
        }
        boolean ending = (open == null ? opened : heartStops)
                .await(settings.times().heartbeat().toNanos(), TimeUnit.NANOSECONDS);
        LOG.log(DEBUG, "the heart goes on, before its time: {0}", ending);
    }

    private void report(Sweep sweep) {
        if (sweep.isNothing()) {
            return;
        }
        LOG.log(
                sweep.buried().isEmpty() ? WARNING : ERROR,
                "GOOSE-4006: put in order on broker ''{0}'': {1} jobs of dead workers returned, {2} that were perhaps running"
                        + " made suspects, {3} buried because they were running alone when their worker died again: {4};"
                        + " {5} jobs rerouted, {6} effects delivered",
                parts.name(),
                sweep.rescued().size(),
                sweep.suspects().size(),
                sweep.buried().size(),
                sweep.buried(),
                sweep.rerouted(),
                sweep.effects());
    }

    private void runNext() throws InterruptedException {
        LeasedJob job = buffer.take();
        if (job == null) {
            return;
        }
        // Whatever happens before something better is known, for example an interrupt by a server that stops: not
        // begun.
        Optional<Outcome> outcome = Optional.of(Outcome.Release.NOW);
        try {
            outcome = outcome(job);
        } finally {
            try {
                outcome.ifPresent(decided -> settler.add(Settlement.of(job.lease(), decided)));
            } finally {
                held.remove(job);
                buffer.finished();
            }
        }
    }

    /** Runs the job if it is still ours; empty if the lease is lost, so that there is nothing to say. */
    private Optional<Outcome> outcome(LeasedJob job) throws InterruptedException {
        if (!liveness.awaitFresh() || state.phase().compareTo(WorkerState.Phase.DRAINING) > 0) {
            return Optional.of(Outcome.Release.NOW);
        }
        if (!liveness.isFresh(job.lease().job().queue())) { // its queue alone is away: no reason to keep a thread
            return Optional.of(Outcome.Release.NOW);
        }
        if (!job.start()) {
            return Optional.empty();
        }
        long begun = System.nanoTime();
        Optional<Outcome> outcome;
        try {
            outcome = parts.runner().run(job.lease(), job);
        } catch (Throwable ours) { // not the job's failure, so no attempt of its own is spent on it
            FailureLog.log(
                    LOG,
                    ERROR,
                    () -> "GOOSE-4008: the bookkeeping around job "
                            + job.lease().job().id() + " failed; the job is released and will run again",
                    ours);
            return Optional.of(new Outcome.Release(BOOKKEEPING_RETRY, null));
        } finally {
            job.ended();
        }
        if (outcome.filter(Worker::wasNotRun).isEmpty()) {
            lookahead.took(job.lease().job().queue(), System.nanoTime() - begun);
        }
        return outcome;
    }

    /** A job that is passed on takes no time, which says nothing about those that run. */
    private static boolean wasNotRun(Outcome outcome) {
        return outcome instanceof Outcome.Release || outcome instanceof Outcome.Parked;
    }

    /** Stops leasing; running jobs go on. The first half of {@link #stop}. */
    public void drain() {
        state.advance(WorkerState.Phase.DRAINING);
        Session open = session;
        if (open != null) {
            open.wake();
        }
        buffer.nudge();
    }

    /**
     * Stops: no more leases, running jobs get until {@code deadlineNanos}, then an interrupt; outcomes are written; what
     * could not be ended is reported.
     *
     * @param deadlineNanos in the time of {@link System#nanoTime}
     */
    public synchronized void stop(long deadlineNanos) {
        if (state.phase().compareTo(WorkerState.Phase.DRAINING) > 0) {
            return;
        }
        drain();
        List<LeasedJob> unstarted = buffer.close();
        if (!started) {
            state.advance(WorkerState.Phase.STOPPED);
            return;
        }
        loops().forEach(Loop::endPauses);
        long flushedBy = deadlineNanos + FLUSH.toNanos();
        try {
            returnUnstarted(session, unstarted);
            endRuns(deadlineNanos);
            flushedBy = System.nanoTime() + FLUSH.toNanos();
            flush(flushedBy);
        } catch (InterruptedException hurried) {
            LOG.log(WARNING, "GOOSE-4009: the stop of the worker of broker ''{0}'' was interrupted", parts.name());
            Thread.currentThread().interrupt();
        } finally {
            end(flushedBy);
        }
    }

    /** Ends the session and the loops. Nothing holds these any more; only a call to a broker that is away can delay them. */
    private void end(long deadlineNanos) {
        state.advance(WorkerState.Phase.STOPPED);
        settler.abandon(); // for runs that end later still: they must not wait for room
        heartStops.countDown();
        opened.countDown();
        liveness.end();
        settler.hurry();
        // What the dispatcher leased at the last moment it gives back before the session is closed.
        boolean inTime = awaitEnd(dispatchLoop, deadlineNanos);
        close(session);
        for (Loop loop : List.of(settleLoop, heartLoop)) {
            inTime &= awaitEnd(loop, deadlineNanos);
        }
        LOG.log(DEBUG, "the worker of broker {0} has ended, all of it: {1}", parts.name(), inTime);
    }

    /** Waits at least a moment for the end of a loop, for the time may be over; one that is held up is reported. */
    private static boolean awaitEnd(Loop loop, long deadlineNanos) {
        try {
            long left = Math.max(deadlineNanos - System.nanoTime(), LAST_MOMENT_NANOS);
            if (loop.join(Duration.ofNanos(left))) {
                return true;
            }
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        LOG.log(
                WARNING,
                "GOOSE-4013: the loop {0} is still in a call to the broker; it ends when that times out",
                loop.name());
        return false;
    }

    private void close(@Nullable Session open) {
        if (open == null) {
            return;
        }
        try {
            open.close();
        } catch (RuntimeException unclean) { // its leases become free by expiry
            LOG.log(
                    WARNING,
                    "GOOSE-4016: the session of broker '" + parts.name() + "' was not closed cleanly",
                    unclean);
        }
    }

    private void returnUnstarted(@Nullable Session open, List<LeasedJob> unstarted) {
        List<Lease> leases = unstarted.stream()
                .filter(job -> !job.isLost())
                .map(LeasedJob::lease)
                .toList();
        unstarted.forEach(held::remove);
        if (open == null || leases.isEmpty()) {
            return;
        }
        try {
            open.returnUnstarted(leases);
        } catch (RuntimeException away) { // they become free by expiry
            LOG.log(WARNING, "GOOSE-4010: " + leases.size() + " unstarted jobs could not be given back", away);
        }
    }

    private void endRuns(long deadlineNanos) throws InterruptedException {
        awaitJobLoops(deadlineNanos);
        List<LeasedJob> late = held.running();
        if (!late.isEmpty()) {
            LOG.log(
                    WARNING,
                    "GOOSE-4011: {0} jobs of broker ''{1}'' still run at the end of the grace and are interrupted",
                    late.size(),
                    parts.name());
            late.forEach(LeasedJob::interrupt);
            awaitJobLoops(System.nanoTime() + AFTER_INTERRUPT.toNanos());
            AbandonedRuns.report(held.running());
        }
    }

    private void awaitJobLoops(long deadlineNanos) throws InterruptedException {
        for (Loop loop : jobLoops) {
            if (!loop.join(Duration.ofNanos(deadlineNanos - System.nanoTime()))) {
                return; // one is late, so the time is over for all
            }
        }
    }

    private void flush(long deadlineNanos) throws InterruptedException {
        state.advance(WorkerState.Phase.FLUSHING);
        settler.hurry();
        if (!settleLoop.join(Duration.ofNanos(deadlineNanos - System.nanoTime()))) {
            int unwritten = settler.abandon();
            LOG.log(
                    ERROR,
                    "GOOSE-4012: the outcomes of {0} jobs could not be written within {1} because broker ''{2}'' is away;"
                            + " these jobs will run again",
                    unwritten,
                    FLUSH,
                    parts.name());
        }
    }

    /** What is going on in this worker. */
    public WorkerStatus status() {
        Session open = session;
        return new WorkerStatus(
                open == null ? "" : open.id(),
                state.phase() == WorkerState.Phase.RUNNING && started,
                buffer.outstanding(),
                settler.unwritten(),
                settler.stale(),
                liveness.sinceLastBeat(),
                loops().stream().filter(Loop::isDead).map(Loop::name).toList());
    }
}
