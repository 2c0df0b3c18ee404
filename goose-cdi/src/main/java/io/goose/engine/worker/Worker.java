package io.goose.engine.worker;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.run.LeaseWatch;
import io.goose.job.JobId;
import io.goose.spi.Beat;
import io.goose.spi.CancelListener;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the jobs of one broker: a dispatcher leases, threads run, a settler writes outcomes, a heart beats and puts in order
 * what others left.
 *
 * <p>{@link #start} returns at once; the broker need not be there. {@link WorkerStop} stops it, once; it does not start again.
 */
public final class Worker {

    private static final System.Logger LOG = System.getLogger(Worker.class.getName());
    private static final Duration REPORT_EVERY = Duration.ofMinutes(1);
    private static final long SETTLE_WAIT_NANOS = 500_000_000L;
    private static final long RUNS_LOOK_NANOS = 50_000_000L;
    private static final long LAST_MOMENT_NANOS = 200_000_000L;
    private static final int HEART_PAUSE_PARTS = 5; // a heart that fails tries again in this part of a heartbeat

    private final WorkerSettings settings;
    private final WorkerParts parts;
    private final WorkerState state = new WorkerState();
    private final JobBuffer buffer = new JobBuffer();
    private final Settler settler;
    private final RunWatch watch;
    private final HeldJobs held;
    private final Liveness liveness;
    private final Dispatcher dispatcher;
    private final AbandonedRuns abandoned;
    private final CountDownLatch opened = new CountDownLatch(1);
    private final Semaphore heartWakes = new Semaphore(0); // a permit ends the heart's pause
    private final List<Loop> jobLoops = new ArrayList<>();
    private final Loop dispatchLoop;
    private final Loop settleLoop;
    private final Loop heartLoop;
    private final List<SideLoop> sides;
    private final List<Loop> sideLoops = new ArrayList<>();
    private volatile @Nullable Session session;
    private volatile boolean started; // written under this
    private volatile boolean sessionClosed; // written by the heart

    public Worker(WorkerSettings settings, WorkerParts parts) {
        this(settings, parts, List.of());
    }

    /**
     * A worker that does something beside its jobs.
     *
     * @param sides what; they end when it begins to stop
     */
    public Worker(WorkerSettings settings, WorkerParts parts, List<SideLoop> sides) {
        this.sides = List.copyOf(sides);
        this.settings = settings;
        this.parts = parts;
        this.settler = new Settler(this::suspectEnded, parts.observation());
        Lookahead lookahead = new Lookahead(
                settings.times().lookahead(), settings.threads(), parts.runner().unbufferedQueues());
        String prefix = "goose-" + parts.name();
        this.watch = new RunWatch(parts.host().limits(), parts.threads(), prefix + "-timers", System::nanoTime);
        this.held = new HeldJobs(state, watch);
        this.liveness = new Liveness(settings.times().lease(), System::nanoTime);
        Runs.Around around = new Runs.Around(buffer, held, lookahead, liveness, state);
        this.dispatcher = new Dispatcher(settings, around, parts.host().mayLease(), parts.observation());
        this.dispatchLoop = new Loop(prefix + "-dispatcher", this::dispatch, this::leasedAndGaveBackAll);
        // To the very end: runs that ignored their interrupt may end while other workers still write.
        this.settleLoop = new Loop(prefix + "-settler", this::settle, () -> state.phase() == WorkerState.Phase.STOPPED);
        // After an outage it must have beaten before others, who beat a heartbeat apart, can take it for dead.
        this.heartLoop = new Loop(
                prefix + "-heart",
                this::beat,
                () -> sessionClosed,
                settings.times().heartbeat().dividedBy(HEART_PAUSE_PARTS));
        for (SideLoop side : this.sides) {
            sideLoops.add(new Loop(prefix + '-' + side.name(), side::round, state::isStopping).endingWith(side::ended));
        }
        this.abandoned = new AbandonedRuns(parts.threads(), prefix + "-abandoned", REPORT_EVERY);
        Runs runs = new Runs(this::run, around, settler::add);
        for (int i = 1; i <= settings.threads(); i++) {
            jobLoops.add(new Loop(prefix + "-job-" + i, runs::next, state::isStopping));
        }
    }

    private void suspectEnded() {
        dispatcher.suspectEnded();
        Session open = session;
        if (open != null) {
            open.wake(); // none comes by itself to a session that looked while it held one
        }
    }

    private Optional<Settlement> run(Lease lease, LeaseWatch watch) {
        return parts.runner().run(lease, watch, Objects.requireNonNull(session)); // what is leased has one
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
        all.addAll(sideLoops);
        return all;
    }

    private void dispatch() throws InterruptedException {
        Session open = session;
        if (open == null) {
            open = open();
        }
        if (state.isStopping()) {
            dispatcher.giveBack(open);
        } else {
            dispatcher.round(open);
        }
    }

    private boolean leasedAndGaveBackAll() {
        return state.phase() == WorkerState.Phase.STOPPED
                || (state.isStopping() && (session == null || (!dispatcher.hasMoreToGiveBack() && buffer.isEmpty())));
    }

    private Session open() {
        // Said before the heart can have the session: its first beat may fail, and is what counts then.
        Session fresh = parts.observation().asked(() -> parts.broker()
                .open(new SessionSpec(
                        List.copyOf(settings.queues().keySet()),
                        settings.threads(),
                        settings.threads() + Settler.CAPACITY,
                        parts.announced(),
                        settings.times().lease(),
                        settings.times().heartbeat(),
                        parts.host().name(),
                        parts.observation().measuresEvery().isPresent())));
        liveness.beat(System.nanoTime());
        fresh.onCancel(new Cancellations());
        session = fresh;
        opened.countDown();
        heartWakes.release();
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

    private void beat() throws InterruptedException {
        if (state.phase() == WorkerState.Phase.STOPPED) {
            endSession();
            return;
        }
        watch.look(held.running()); // first: the broker may be away, and that be what they hang in
        Session open = session;
        if (open != null) {
            long begun = System.nanoTime();
            Beat beat = parts.observation().asked(open::renew);
            parts.observation().beat(begun, beat.lost());
            int interrupted = held.lost(beat.lost());
            liveness.beat(begun, beat.failed());
            if (!beat.lost().isEmpty()) {
                LOG.log(
                        WARNING,
                        "GOOSE-4005: {0} leases of broker ''{1}'' were lost; {2} of their jobs were running and are"
                                + " interrupted. Other workers may run all of them",
                        beat.lost().size(),
                        parts.name(),
                        interrupted);
            }
            if (!state.isStopping()) {
                Sweep sweep = open.sweep();
                Sweeps.report(parts.name(), sweep);
                parts.observation().swept(sweep);
            }
        }
        boolean woken = heartWakes.tryAcquire(settings.times().heartbeat().toNanos(), TimeUnit.NANOSECONDS);
        LOG.log(DEBUG, "the heart goes on, before its time: {0}, besides: {1}", woken, heartWakes.drainPermits());
    }

    /** What the session hears of cancellations. */
    private final class Cancellations implements CancelListener {
        @Override
        public void cancelled(JobId id, long token) {
            held.cancel(id, token);
        }

        @Override
        public void missed() {
            heartWakes.release();
        }
    }

    // The steps of a stop, in their order. WorkerStop takes each with all workers before it takes the next with any.

    /** Stops leasing and starting: running jobs go on, the dispatcher gives back what nobody has started. Never blocks. */
    void drain() {
        state.advance(WorkerState.Phase.DRAINING);
        buffer.close();
        liveness.end(); // what was taken and waits for a beat before it starts need not start any more
        loops().forEach(Loop::endPauses);
        sides.forEach(SideLoop::wake);
        Session open = session;
        if (open != null) {
            open.wake();
        }
    }

    /** Waits until all runs have ended; false if they have not by {@code deadlineNanos}. */
    boolean awaitRuns(long deadlineNanos) throws InterruptedException {
        for (Loop loop : jobLoops) {
            long left = deadlineNanos - System.nanoTime();
            while (!loop.join(Duration.ofNanos(Math.min(left, RUNS_LOOK_NANOS)))) {
                if (onlyOutcomesAreLeft()) {
                    return true;
                }
                left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false; // one is late, so the time is over for all
                }
            }
        }
        return true;
    }

    /** Whether all runs have ended, though their threads wait for room for the outcomes: these have a time of their own. */
    private boolean onlyOutcomesAreLeft() {
        int taken =
                buffer.running(); // asked first: the buffer is closed, so it only falls, and who waits is among these
        return settler.waiting() == taken;
    }

    /** Interrupts what still runs; returns whether anything does. */
    boolean interruptRuns() {
        List<LeasedJob> late = held.running();
        if (late.isEmpty()) {
            return false;
        }
        LOG.log(
                WARNING,
                "GOOSE-4011: {0} jobs of broker ''{1}'' still run at the end of the grace and are interrupted",
                late.size(),
                parts.name());
        for (LeasedJob job : late) {
            boolean ran = job.interrupt();
            LOG.log(
                    DEBUG,
                    "job {0} is interrupted, unless it has just ended: {1}",
                    job.lease().job().id(),
                    ran);
        }
        return true;
    }

    /** Reports what still runs, and has the last outcomes written. Never blocks. */
    void beginFlush() {
        abandoned.report(held.running());
        state.advance(WorkerState.Phase.FLUSHING);
        settler.hurry();
    }

    /** Waits until all leases have gone back and all outcomes are written, at the latest until {@code deadlineNanos}. */
    void awaitFlush(long deadlineNanos) throws InterruptedException {
        boolean gaveBack = dispatchLoop.join(Duration.ofNanos(deadlineNanos - System.nanoTime()));
        LOG.log(DEBUG, "the unstarted jobs of broker {0} have gone back: {1}", parts.name(), gaveBack);
        boolean inTime = settler.awaitAllWritten(deadlineNanos - System.nanoTime());
        LOG.log(DEBUG, "the outcomes of broker {0} are written: {1}", parts.name(), inTime);
    }

    /** Ends the loops. Nothing holds them any more; only a call to a broker that is away can delay them. Never blocks. */
    void end() {
        int unwritten = settler.abandon(); // runs that end later still must not wait for room
        if (unwritten > 0) {
            LOG.log(
                    ERROR,
                    "GOOSE-4012: the outcomes of {0} jobs of broker ''{1}'' were not written before the stop ended; these jobs"
                            + " may run again. If the broker is away, GOOSE-4001 has said so",
                    unwritten,
                    parts.name());
        }
        state.advance(WorkerState.Phase.STOPPED);
        heartWakes.release();
        watch.timers().end();
        opened.countDown();
        settler.hurry();
    }

    /** Waits for the end of the loops, and with the heart for that of the session, at least a moment. */
    void awaitEnd(long deadlineNanos) throws InterruptedException {
        boolean inTime = true;
        List<Loop> ending = new ArrayList<>(
                List.of(dispatchLoop, settleLoop, heartLoop, watch.timers().loop()));
        ending.addAll(sideLoops);
        for (Loop loop : ending) {
            inTime &= awaitEnd(loop, deadlineNanos);
        }
        int owing = dispatcher.owing();
        if (owing > 0) {
            LOG.log(
                    WARNING,
                    "GOOSE-4010: {0} unstarted jobs of broker ''{1}'' could not be given back; they come back when their"
                            + " lease ends",
                    owing,
                    parts.name());
        }
        LOG.log(DEBUG, "the worker of broker {0} has ended, all of it: {1}", parts.name(), inTime);
    }

    private static boolean awaitEnd(Loop loop, long deadlineNanos) throws InterruptedException {
        long left = Math.max(deadlineNanos - System.nanoTime(), LAST_MOMENT_NANOS);
        if (loop.join(Duration.ofNanos(left))) {
            return true;
        }
        LOG.log(
                WARNING,
                "GOOSE-4013: the loop {0} is still in a call to the broker; it ends when that times out",
                loop.name());
        return false;
    }

    /** The heart's last step, after {@link #awaitFlush}. */
    private void endSession() {
        sessionClosed = true;
        Session open = session;
        if (open == null) {
            return; // where one is being opened, the dispatcher closes it
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
                watch.stuck(),
                open != null && liveness.isFresh(),
                Loop.lag(dispatchLoop, settleLoop, heartLoop),
                loops().size(),
                loops().stream().filter(Loop::isDead).map(Loop::name).toList());
    }
}
