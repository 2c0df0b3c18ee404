package io.goose.cdi;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.observe.Ending;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.observe.Enqueuing;
import io.goose.engine.observe.NotRun;
import io.goose.engine.observe.RunBegin;
import io.goose.engine.observe.RunEnd;
import io.goose.engine.retry.FailureLog;
import io.goose.engine.run.JobScope;
import io.goose.event.BatchCompleted;
import io.goose.event.BrokerLost;
import io.goose.event.BrokerRegained;
import io.goose.event.JobDied;
import io.goose.event.JobEnqueued;
import io.goose.event.JobFailed;
import io.goose.event.JobRescued;
import io.goose.event.JobStarted;
import io.goose.event.JobSucceeded;
import io.goose.job.BatchId;
import io.goose.job.QueuedJob;
import io.goose.spi.Sweep;
import io.goose.spi.WorkerThreads;
import jakarta.enterprise.inject.spi.BeanManager;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Fires the CDI events of the life of jobs, in their order, on one thread of its own that the first of them begins. What an observer
 * throws, and how long it takes, reaches no job: what finds no room in the queue is dropped, and said. Thread-safe.
 */
final class LifeCycleEvents implements EngineObserver {

    static final int CAPACITY = 8_192;

    private static final System.Logger LOG = System.getLogger(LifeCycleEvents.class.getName());
    private static final long QUIET_NANOS = 30_000_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long LAST_WAIT_MILLIS = 1_000;

    private final Set<Class<?>> observed;
    private final BeanManager beans;
    private final JobScope scope;
    private final WorkerThreads threads;
    private final BatchWatch batches; // the feed's thread only
    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(CAPACITY); // one event each, without its job
    private final AtomicBoolean hasThread = new AtomicBoolean();
    private final AtomicLong noThreadUntil = new AtomicLong(System.nanoTime());
    private final AtomicLong dropped = new AtomicLong();
    private volatile @Nullable Thread thread;
    private volatile boolean ending;
    private volatile boolean abandoned; // what is not told yet never is
    private long failures; // the feed's thread only, as what follows
    private long failedAt = System.nanoTime() - QUIET_NANOS;
    private long droppedAt = System.nanoTime() - QUIET_NANOS;

    /**
     * @param observed the types of the events that somebody observes
     * @param scope around observers
     */
    LifeCycleEvents(
            Set<Class<?>> observed,
            BeanManager beans,
            JobScope scope,
            WorkerThreads threads,
            BatchWatch.Lookup lookup) {
        this.observed = Set.copyOf(observed);
        this.beans = beans;
        this.scope = scope;
        this.threads = threads;
        BatchWatch.Lookup asLongAsSomebodyWaits =
                (broker, id) -> abandoned ? Optional.empty() : lookup.find(broker, id);
        this.batches =
                new BatchWatch(asLongAsSomebodyWaits, each -> fire(BatchCompleted.class, each), System::nanoTime);
    }

    private boolean wants(Class<?> type) {
        return observed.contains(type);
    }

    // --- what the engine tells

    @Override
    public void enqueued(Enqueuing told) {
        boolean jobs = wants(JobEnqueued.class);
        boolean members = wants(BatchCompleted.class);
        if (jobs || members) {
            Set<BatchId> ofThese = new LinkedHashSet<>();
            for (QueuedJob job : told.jobs()) {
                if (jobs) {
                    enqueued(told.broker(), job);
                }
                if (members) {
                    BatchId.ofMember(job.id()).ifPresent(member -> ofThese.add(member.batch()));
                }
            }
            ofThese.forEach(batch -> offer(() -> batches.see(told.broker(), batch)));
        }
    }

    private void enqueued(String broker, QueuedJob job) {
        if (queue.remainingCapacity() == 0) {
            dropped.incrementAndGet(); // without reading the name of its handler
            beginIfNotYet();
        } else {
            offer(JobEnqueued.class, new JobEnqueued(broker, job.id(), Enqueuing.handler(job), job.queue()));
        }
    }

    @Override
    public void runBegan(RunBegin begin) {
        if (wants(JobStarted.class)) {
            var run = begin.run();
            JobStarted event = new JobStarted(begin.broker(), run.id(), run.handler(), run.queue(), run.attempt());
            offer(JobStarted.class, event);
        }
    }

    @Override
    public void runEnded(RunEnd end) {
        String broker = end.begin().broker();
        var run = end.begin().run();
        switch (end.ending()) {
            case DONE ->
                offer(
                        JobSucceeded.class,
                        new JobSucceeded(broker, run.id(), run.handler(), run.queue(), run.attempt(), end.took()));
            case RETRY ->
                offer(
                        JobFailed.class,
                        new JobFailed(
                                broker,
                                run.id(),
                                run.handler(),
                                run.queue(),
                                run.attempt(),
                                end.took(),
                                Objects.requireNonNull(end.failure(), "what a failed run threw")));
            case DEAD ->
                offer(
                        JobDied.class,
                        new JobDied(
                                broker,
                                run.id(),
                                new JobDied.Run(run.handler(), run.queue(), run.attempt()),
                                end.failure()));
            default -> {} // the job goes back, or is gone without a run's fault
        }
        over(broker, end.ending(), run.batch());
    }

    @Override
    public void notRun(NotRun job) {
        over(
                job.broker(),
                job.ending(),
                BatchId.ofMember(job.lease().job().id()).map(BatchId.Member::batch));
    }

    private void over(String broker, Ending ending, Optional<BatchId> batch) {
        boolean isOver = ending == Ending.DONE
                || ending == Ending.DEAD
                || ending == Ending.CANCELLED
                || ending == Ending.EXPIRED;
        if (isOver && batch.isPresent() && wants(BatchCompleted.class)) {
            offer(() -> batches.see(broker, batch.get()));
        }
    }

    @Override
    public void swept(String broker, Sweep sweep) {
        sweep.rescued().forEach(id -> offer(JobRescued.class, new JobRescued(broker, id, false)));
        sweep.suspects().forEach(id -> offer(JobRescued.class, new JobRescued(broker, id, true)));
        sweep.buried().forEach(id -> offer(JobDied.class, new JobDied(broker, id, null, null)));
    }

    @Override
    public void brokerLost(String broker, Throwable cause) {
        offer(BrokerLost.class, new BrokerLost(broker, cause));
    }

    @Override
    public void brokerRegained(String broker, Duration after) {
        offer(BrokerRegained.class, new BrokerRegained(broker, after));
    }

    // --- how it is told to observers

    private <T> void offer(Class<T> type, T event) {
        if (wants(type)) {
            offer(() -> fire(type, event));
        }
    }

    private void offer(Runnable told) {
        if (ending) {
            return;
        }
        if (!queue.offer(told)) {
            dropped.incrementAndGet();
        }
        beginIfNotYet();
    }

    private void beginIfNotYet() {
        if (!hasThread.get() && System.nanoTime() - noThreadUntil.get() >= 0 && hasThread.compareAndSet(false, true)) {
            begin();
        }
    }

    private void begin() {
        try {
            Thread made = threads.newThread("goose-events", this::run);
            thread = made;
            made.start();
        } catch (RuntimeException | Error none) { // as before the application has started: the next one tries again
            noThreadUntil.set(System.nanoTime() + SECOND_NANOS);
            hasThread.set(false);
            LOG.log(DEBUG, "no thread for events yet: {0}", none.getMessage());
        }
    }

    private void run() {
        while (!abandoned && (!ending || !queue.isEmpty())) {
            Runnable next = null;
            try {
                next = queue.poll(batches.waitNanos(SECOND_NANOS), TimeUnit.NANOSECONDS);
            } catch (InterruptedException asked) { // by our stop, or by the server's: what is there is still told
                LOG.log(DEBUG, "the thread of events was interrupted");
            }
            if (next != null) {
                guard(next);
            }
            guard(batches::look);
            sayWhatWasDropped();
        }
        queue.clear(); // if nobody waits for it any more
    }

    private <T> void fire(Class<T> type, T event) {
        if (!abandoned && wants(type)) {
            guard(() -> {
                JobScope.Open around = scope.open();
                try (around) {
                    Firing.fire(beans, type, event);
                }
            });
        }
    }

    private void guard(Runnable step) {
        try {
            step.run();
        } catch (Throwable broken) { // of an observer, which is not to end this thread
            failures++;
            if (System.nanoTime() - failedAt >= QUIET_NANOS) {
                failedAt = System.nanoTime();
                long count = failures;
                failures = 0;
                FailureLog.log(
                        LOG,
                        WARNING,
                        () -> "GOOSE-4170: observers of jobs' events failed " + count
                                + " times since this was last said; jobs and other observers are not affected",
                        broken);
            }
        }
    }

    private void sayWhatWasDropped() {
        if (dropped.get() > 0 && System.nanoTime() - droppedAt >= QUIET_NANOS) {
            droppedAt = System.nanoTime();
            LOG.log(
                    WARNING,
                    "GOOSE-4171: observers of jobs' events are too slow: what happened " + dropped.getAndSet(0)
                            + " times was not told; have them hand on what takes time, or enqueue a job");
        }
    }

    /** Tells the rest, for at most a second. */
    @Override
    public void engineStopped() {
        ending = true;
        Thread present = thread;
        if (present == null || present == Thread.currentThread()) {
            return;
        }
        boolean woken = queue.offer(() -> {}); // if there is no room it is awake
        LOG.log(DEBUG, "the thread of events is woken for its end: {0}", woken);
        try {
            present.join(LAST_WAIT_MILLIS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        if (present.isAlive()) {
            abandoned = true;
            present.interrupt();
            LOG.log(
                    WARNING,
                    "GOOSE-4172: the observers of jobs'' events have not ended within {0} ms of the stop; their thread"
                            + " ends when the one that is called returns, and what was not told yet is dropped",
                    LAST_WAIT_MILLIS);
        }
    }
}
