package io.goose.engine;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.run.LeaseRunner;
import io.goose.engine.run.LeaseWatch;
import io.goose.engine.worker.StopDeadline;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The runs of an engine whose leases are not its own workers', but those of a resource adapter. What they use is closed when
 * the engine stops, so that they have to be counted: none begins any more, those that run hear of the stop, and get the grace
 * of a worker. Nobody but the adapter's worker can interrupt them. Thread-safe.
 */
final class InboundRuns {

    private static final System.Logger LOG = System.getLogger(InboundRuns.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private Duration grace = Duration.ZERO; // guarded by lock: the longest of all
    private int running; // guarded by lock
    private @Nullable Long deadline; // guarded by lock: of the stop, in the time of System.nanoTime
    private volatile boolean stopping; // written under lock

    /**
     * The same runner, whose runs are counted.
     *
     * @param longest how long a stop waits for its runs
     */
    LeaseRunner counted(LeaseRunner runner, Duration longest) {
        lock.lock();
        try {
            grace = longest.compareTo(grace) > 0 ? longest : grace;
        } finally {
            lock.unlock();
        }
        return new Counted(runner);
    }

    /** From now on none begins, and those that run know that they should end. */
    void beginStop() {
        lock.lock();
        try {
            if (!stopping && running > 0) { // shared with the modules that stop before and after this one
                deadline = StopDeadline.ofJvm().begin(grace);
            }
            stopping = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until none runs, at most until their grace since {@link #beginStop} is over; an interrupt ends the wait. */
    void awaitEnd() {
        lock.lock();
        try {
            if (deadline == null) {
                return;
            }
            long left = deadline - System.nanoTime();
            while (running > 0 && left > 0) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } finally {
            if (deadline != null) {
                deadline = null;
                finished();
            }
            lock.unlock();
        }
    }

    private void finished() {
        StopDeadline.ofJvm().end();
        if (running > 0) {
            LOG.log(
                    WARNING,
                    "GOOSE-4199: " + running
                            + " jobs that a message-driven bean runs have not ended within the grace of"
                            + " the stop; what they still ask of Goose may fail");
        }
    }

    private void enter() {
        lock.lock();
        try {
            if (stopping) {
                throw new IllegalStateException(
                        "GOOSE-2370: the application does not run jobs any more, for its engine stops");
            }
            running++;
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            running--;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Counted implements LeaseRunner {

        private final LeaseRunner runner;

        private Counted(LeaseRunner runner) {
            this.runner = runner;
        }

        @Override
        public Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session) {
            enter();
            try {
                return runner.run(lease, new Stopping(watch), session);
            } finally {
                leave();
            }
        }

        @Override
        public Set<String> unbufferedQueues() {
            return runner.unbufferedQueues();
        }
    }

    /** What the adapter's worker knows, and that this engine stops, which that worker may not know yet. */
    private final class Stopping implements LeaseWatch {

        private final LeaseWatch watch;

        private Stopping(LeaseWatch watch) {
            this.watch = watch;
        }

        @Override
        public boolean isStopping() {
            return stopping || watch.isStopping();
        }

        @Override
        public boolean isLost() {
            return watch.isLost();
        }

        @Override
        public boolean isInterrupted() {
            return watch.isInterrupted();
        }

        @Override
        public boolean isCancelled() {
            return watch.isCancelled();
        }

        @Override
        public void died() {
            watch.died();
        }

        @Override
        public boolean hasDied() {
            return watch.hasDied();
        }

        @Override
        public boolean isOverdue() {
            return watch.isOverdue();
        }

        @Override
        public void bodyBegins(@Nullable Duration limit) {
            watch.bodyBegins(limit);
        }

        @Override
        public void bodyEnded() {
            watch.bodyEnded();
        }
    }
}
