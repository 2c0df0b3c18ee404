package io.goose.engine;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.run.LeaseRunner;
import io.goose.engine.run.LeaseWatch;
import io.goose.engine.run.TransactedRun;
import io.goose.engine.run.TransactedRunner;
import io.goose.engine.worker.StopDeadline;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The runs of an engine whose leases are not its own workers', but those of a resource adapter. What they use is closed when
 * the engine stops, so that they have to be counted: none begins any more, those that run hear of the stop, get the grace
 * of a worker, and then an interrupt as a worker's do. Thread-safe.
 */
final class InboundRuns {

    private static final System.Logger LOG = System.getLogger(InboundRuns.class.getName());
    private static final long AFTER_INTERRUPT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private Duration grace = Duration.ZERO; // guarded by lock: the longest of all
    private final Set<InboundRun> running = new HashSet<>(); // guarded by lock
    private @Nullable Long deadline; // guarded by lock: of the stop, in the time of System.nanoTime
    private volatile boolean stopping; // written under lock

    /**
     * The same runner, whose runs are counted.
     *
     * @param longest how long a stop waits for its runs
     */
    LeaseRunner counted(LeaseRunner runner, Duration longest) {
        waitFor(longest);
        return new Counted(runner);
    }

    /** The same of those that are over when their transactions are. */
    TransactedRunner counted(TransactedRunner runner, Duration longest) {
        waitFor(longest);
        return (lease, watch) -> {
            InboundRun run = enter(watch);
            boolean begun = false;
            try {
                TransactedRun inside = runner.begin(lease, run);
                begun = true;
                return new CountedInTransaction(inside, run);
            } finally {
                run.ended();
                if (!begun) {
                    leave(run);
                }
            }
        };
    }

    private void waitFor(Duration longest) {
        lock.lock();
        try {
            grace = longest.compareTo(grace) > 0 ? longest : grace;
        } finally {
            lock.unlock();
        }
    }

    /** From now on none begins, and those that run know that they should end. */
    void beginStop() {
        lock.lock();
        try {
            if (!stopping && !running.isEmpty()) { // shared with the modules that stop before and after this one
                deadline = StopDeadline.ofJvm().begin(grace);
            }
            stopping = true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until none runs, at most until their grace since {@link #beginStop} is over; those that still do are interrupted then,
     * and get a second. An interrupt of the caller ends the grace, and nothing else.
     */
    void awaitEnd() {
        boolean hurried = false;
        lock.lock();
        try {
            Long until = deadline;
            if (until == null) {
                return;
            }
            deadline = null;
            try {
                hurried = Thread.interrupted();
                if (!hurried) {
                    awaitNone(until - System.nanoTime());
                }
            } catch (InterruptedException hurry) {
                hurried = true;
            }
            hurried |= interruptAll();
            StopDeadline.ofJvm().end();
        } finally {
            lock.unlock();
            if (hurried) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Called with the lock held. */
    private void awaitNone(long nanos) throws InterruptedException {
        long left = nanos;
        while (!running.isEmpty() && left > 0) {
            left = ended.awaitNanos(left);
        }
    }

    /** Called with the lock held; returns whether the caller was interrupted meanwhile. */
    private boolean interruptAll() {
        if (running.isEmpty()) {
            return false;
        }
        LOG.log(
                WARNING,
                "GOOSE-4200: " + running.size()
                        + " jobs that a message-driven bean runs still run at the end of the grace of the stop, and are"
                        + " interrupted; they go back without an attempt");
        running.forEach(InboundRun::interrupt);
        boolean hurried = false;
        long until = System.nanoTime() + AFTER_INTERRUPT_NANOS;
        while (!running.isEmpty() && until - System.nanoTime() > 0) {
            try {
                awaitNone(until - System.nanoTime());
            } catch (InterruptedException hurry) {
                hurried = true;
            }
        }
        if (!running.isEmpty()) {
            LOG.log(
                    WARNING,
                    "GOOSE-4199: " + running.size()
                            + " jobs that a message-driven bean runs ignore their interrupt. They find Goose closed; if they"
                            + " fail, they go back without an attempt");
        }
        return hurried;
    }

    private InboundRun enter(LeaseWatch watch) {
        lock.lock();
        try {
            if (stopping) {
                throw new IllegalStateException(
                        "GOOSE-2370: the application does not run jobs any more, for its engine stops");
            }
            InboundRun run = new InboundRun(watch, () -> stopping);
            running.add(run);
            return run;
        } finally {
            lock.unlock();
        }
    }

    private void leave(InboundRun run) {
        run.ended(); // before its thread can be another's
        lock.lock();
        try {
            running.remove(run);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class CountedInTransaction implements TransactedRun {

        private final TransactedRun inside;
        private final InboundRun run;

        private CountedInTransaction(TransactedRun inside, InboundRun run) {
            this.inside = inside;
            this.run = run;
        }

        @Override
        public Optional<Settlement> ifCommitted() {
            return inside.ifCommitted();
        }

        @Override
        public Optional<Settlement> ended(SurroundingTransaction.End how, @Nullable String why) {
            run.goesOn();
            try {
                return inside.ended(how, why);
            } finally {
                leave(run);
            }
        }
    }

    private final class Counted implements LeaseRunner {

        private final LeaseRunner runner;

        private Counted(LeaseRunner runner) {
            this.runner = runner;
        }

        @Override
        public Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session) {
            InboundRun run = enter(watch);
            try {
                return runner.run(lease, run, session);
            } finally {
                leave(run);
            }
        }

        @Override
        public Set<String> unbufferedQueues() {
            return runner.unbufferedQueues();
        }
    }
}
