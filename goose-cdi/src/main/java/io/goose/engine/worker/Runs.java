package io.goose.engine.worker;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.engine.retry.FailureLog;
import io.goose.engine.run.LeaseWatch;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** What a worker's job threads do: they take buffered jobs, run them, and hand their outcomes on. Thread-safe. */
final class Runs {

    private static final System.Logger LOG = System.getLogger(Runs.class.getName());
    private static final long LONGEST_BOOKKEEPING_RETRY_SECONDS = 60;

    private final Runner runner;
    private final Around around;
    private final Consumer<Settlement> outcomes;
    private final AtomicInteger bookkeepingFailures = new AtomicInteger(); // in a row

    /** Runs a job and says how it ended; empty if its lease is lost. */
    @FunctionalInterface
    interface Runner {
        Optional<Settlement> run(Lease lease, LeaseWatch watch);
    }

    /** The parts of the worker that a run touches, and a claim. */
    record Around(JobBuffer buffer, HeldJobs held, Lookahead lookahead, Liveness liveness, WorkerState state) {}

    /**
     * @param outcomes takes what is decided; may wait
     */
    Runs(Runner runner, Around around, Consumer<Settlement> outcomes) {
        this.runner = runner;
        this.around = around;
        this.outcomes = outcomes;
    }

    /** Waits for the next job and runs it. Returns without one when the buffer is closed. */
    void next() throws InterruptedException {
        LeasedJob job = around.buffer.take();
        if (job == null) {
            return;
        }
        // Whatever happens before something better is known, for example an interrupt by a server that stops: not
        // begun.
        Optional<Settlement> end = released(job, Outcome.Release.NOW);
        try {
            end = end(job);
        } finally {
            try {
                tell(job, end);
            } finally {
                around.buffer.finished();
            }
        }
    }

    private static Optional<Settlement> released(LeasedJob job, Outcome.Release release) {
        return Optional.of(Settlement.of(job.lease(), release));
    }

    private void tell(LeasedJob job, Optional<Settlement> end) {
        boolean told = false;
        try {
            end.ifPresent(decided -> outcomes.accept(job.settlement(decided)));
            told = true;
        } finally {
            if (told) {
                around.held.remove(job);
            } else { // an Error: the session lives on, and would keep a lease for ever that nobody ends
                around.held.untold(job);
            }
        }
    }

    /** Runs the job if it is still ours; empty if the lease is lost, so that there is nothing to say. */
    private Optional<Settlement> end(LeasedJob job) throws InterruptedException {
        if (!around.liveness.awaitFresh() || around.state.phase().compareTo(WorkerState.Phase.DRAINING) > 0) {
            return released(job, Outcome.Release.NOW);
        }
        if (!around.liveness.isFresh(
                job.lease().job().queue())) { // its queue alone is away: no reason to keep a thread
            return released(job, Outcome.Release.NOW);
        }
        if (!job.start()) {
            return Optional.empty();
        }
        long begun = System.nanoTime();
        Optional<Settlement> end;
        try {
            end = runner.run(job.lease(), job);
        } catch (Throwable ours) { // not the job's failure, so no attempt of its own is spent on it
            FailureLog.log(
                    LOG,
                    ERROR,
                    () -> "GOOSE-4008: the bookkeeping around job "
                            + job.lease().job().id() + " failed; the job is released and will run again",
                    ours);
            return released(job, new Outcome.Release(bookkeepingRetry(), null));
        } finally {
            job.ended();
        }
        bookkeepingFailures.set(0);
        if (end.filter(Runs::wasNotRun).isEmpty()) {
            around.lookahead.took(job.lease().job().queue(), System.nanoTime() - begun);
        }
        return end;
    }

    /** What fails around one job fails around the next, most of the time: 1, 2, 4 … 60 s, and from the start after a good run. */
    private Duration bookkeepingRetry() {
        int failures = Math.min(bookkeepingFailures.incrementAndGet(), 10);
        return Duration.ofSeconds(Math.min(1L << (failures - 1), LONGEST_BOOKKEEPING_RETRY_SECONDS));
    }

    /** A job that is passed on takes no time, which says nothing about those that run. */
    private static boolean wasNotRun(Settlement end) {
        Outcome outcome = end.outcome();
        return outcome instanceof Outcome.Release || outcome instanceof Outcome.Parked;
    }
}
