package io.goose.engine.metric;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.observe.Claimed;
import io.goose.engine.observe.Ending;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.observe.Enqueuing;
import io.goose.engine.observe.NotEnqueued;
import io.goose.engine.observe.NotRun;
import io.goose.engine.observe.Reading;
import io.goose.engine.observe.RunEnd;
import io.goose.engine.observe.Settled;
import io.goose.engine.retry.FailureLog;
import io.goose.job.BatchStatus;
import io.goose.spi.Lease;
import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import io.goose.spi.Sweep;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the engine and one sink: what is told is put into a queue of bounded length, or dropped and counted, and a thread of
 * its own, begun by the first of it, gives it to the sink. So neither what a sink throws nor how long it takes reaches a job.
 * Thread-safe.
 */
public final class SinkFeed implements EngineObserver {

    static final int CAPACITY = 8_192;

    private static final System.Logger LOG = System.getLogger(SinkFeed.class.getPackageName());
    private static final int AT_A_TIME = 2_048;
    private static final long GATHER_NANOS = 5_000_000L;
    private static final long IDLE_NANOS = 1_000_000_000L;
    private static final long QUIET_NANOS = 30_000_000_000L;
    private static final long AGAIN_NANOS = 1_000_000_000L;
    private static final long LAST_WAIT_MILLIS = 1_000;

    private final MetricsSink sink;
    private final WorkerThreads threads;
    private final @Nullable Duration interval;

    /** Without a lock: whoever empties it would hold up all jobs that end meanwhile. */
    private final Queue<Consumer<Measuring>> queue = new ConcurrentLinkedQueue<>();

    private final AtomicInteger waiting = new AtomicInteger(); // in the queue, or about to be
    private final AtomicBoolean asleep = new AtomicBoolean(); // the feed's thread, until it is woken
    private final AtomicBoolean hasThread = new AtomicBoolean();
    private final AtomicLong noThreadUntil = new AtomicLong(System.nanoTime());
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile @Nullable Thread thread; // null until there is one
    private volatile boolean ending;
    private volatile boolean abandoned; // what is not given yet never is
    private long saidAt = System.nanoTime() - QUIET_NANOS; // the feed's thread only

    /**
     * @param interval how often it wants to know the sizes of queues; null for never
     */
    public SinkFeed(MetricsSink sink, WorkerThreads threads, @Nullable Duration interval) {
        this.sink = sink;
        this.threads = threads;
        this.interval = interval;
    }

    /**
     * One for each sink that is usable.
     *
     * @param interval how often they want to know the sizes of queues
     */
    public static List<EngineObserver> of(List<MetricsSink> sinks, WorkerThreads threads, Duration interval) {
        return sinks.stream()
                .filter(MetricsSink::isUsable)
                .<EngineObserver>map(sink -> new SinkFeed(sink, threads, interval))
                .toList();
    }

    private void offer(Consumer<Measuring> told) {
        if (ending) {
            return;
        }
        if (waiting.incrementAndGet() > CAPACITY) {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
        } else {
            queue.add(told);
            wake();
        }
        if (!hasThread.get() && System.nanoTime() - noThreadUntil.get() >= 0 && hasThread.compareAndSet(false, true)) {
            begin();
        }
    }

    private void wake() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    private void begin() {
        try {
            Thread made = threads.newThread("goose-metrics-" + sink.getClass().getSimpleName(), this::run);
            thread = made; // first: what comes next may have to wake it
            made.start();
        } catch (RuntimeException | Error none) { // as before the server has begun: the next one tries again
            thread = null;
            noThreadUntil.set(System.nanoTime() + AGAIN_NANOS);
            hasThread.set(false);
            LOG.log(DEBUG, "no thread for metrics yet: {0}", none.getMessage());
        }
    }

    /**
     * What comes first waits a moment for more: a thread that is woken by each event costs whoever tells it more than all the rest of
     * this. The queue holds what comes meanwhile.
     */
    private void run() {
        Measuring measuring = new Measuring(sink);
        List<Consumer<Measuring>> some = new ArrayList<>(AT_A_TIME);
        while (!abandoned && (!ending || !queue.isEmpty())) {
            Consumer<Measuring> first = first();
            if (first != null) {
                if (!ending && waiting.get() < AT_A_TIME) {
                    LockSupport.parkNanos(GATHER_NANOS);
                }
                for (Consumer<Measuring> one = first;
                        one != null;
                        one = some.size() < AT_A_TIME ? queue.poll() : null) {
                    some.add(one);
                }
                waiting.addAndGet(-some.size());
            }
            if (Thread.interrupted()) { // by our stop, or by the server's: what is there is still given
                LOG.log(
                        DEBUG,
                        "the feed of {0} was interrupted",
                        sink.getClass().getName());
            }
            for (Consumer<Measuring> told : some) {
                if (!abandoned) {
                    give(() -> told.accept(measuring));
                }
            }
            measuring.takeCounted().forEach((counted, more) -> {
                if (!abandoned) {
                    give(() -> sink.count(counted.metric(), counted.tags(), more));
                }
            });
            if (!some.isEmpty() && !abandoned) {
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    give(() -> sink.count(Metric.DROPPED, Map.of(), lost));
                    say("GOOSE-4151: " + sink.getClass().getName() + " is too slow: " + lost
                            + " events were dropped before it could take them; jobs go on");
                }
                give(sink::flush);
            }
            some.clear();
        }
        give(sink::close);
        ended.countDown();
    }

    /** Waits for it if there is none, for at most a second; null if there is still none. */
    private @Nullable Consumer<Measuring> first() {
        Consumer<Measuring> first = queue.poll();
        if (first != null) {
            return first;
        }
        asleep.set(true);
        if (queue.isEmpty() && !ending) { // what comes from now on wakes it
            LockSupport.parkNanos(this, IDLE_NANOS);
        }
        asleep.set(false);
        return queue.poll();
    }

    private void give(Runnable step) {
        try {
            step.run();
        } catch (Throwable broken) { // one sink is down, which is its own business
            long count = failed.incrementAndGet();
            if (System.nanoTime() - saidAt >= QUIET_NANOS) {
                saidAt = System.nanoTime();
                FailureLog.log(
                        LOG,
                        WARNING,
                        () -> "GOOSE-4152: the metrics sink " + sink.getClass().getName() + " has failed " + count
                                + " times; what it was given then is not measured, jobs go on",
                        broken);
            }
        }
    }

    private void say(String text) {
        if (System.nanoTime() - saidAt >= QUIET_NANOS) {
            saidAt = System.nanoTime();
            LOG.log(WARNING, text);
        }
    }

    @Override
    public @Nullable Duration measuresEvery() {
        return interval;
    }

    @Override
    public void measured(List<Reading> values) {
        offer(to -> to.measured(values));
    }

    @Override
    public void batchCompleted(String broker, BatchStatus batch) {
        offer(to -> to.batchCompleted(broker, batch));
    }

    /** Gives the rest to the sink and closes it, for at most a second: one that hangs is left behind. Once. */
    @Override
    public void engineStopped() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        ending = true;
        if (hasThread.compareAndSet(false, true)) { // it was never given anything, but its end may hang too
            begin();
        } else {
            wake();
        }
        try {
            if (!ended.await(LAST_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                leaveBehind();
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
            leaveBehind();
        }
    }

    private void leaveBehind() {
        abandoned = true;
        Thread own = thread;
        if (own == null) {
            return; // there is no thread for it any more, and nobody else must be held up by its end
        }
        own.interrupt();
        LOG.log(
                WARNING,
                "GOOSE-4153: the metrics sink {0} has not ended within {1} ms of the stop; its thread ends when the call"
                        + " that it is in returns, and what it was not given yet is dropped",
                sink.getClass().getName(),
                LAST_WAIT_MILLIS);
    }

    @Override
    public void enqueued(Enqueuing enqueuing) {
        Measuring.Enqueued told = Measuring.Enqueued.of(enqueuing);
        offer(to -> to.enqueued(told));
    }

    @Override
    public void notEnqueued(NotEnqueued failure) {
        offer(to -> to.notEnqueued(failure));
    }

    @Override
    public void runEnded(RunEnd run) {
        Measuring.Ran told = Measuring.Ran.of(run);
        offer(to -> to.runEnded(told));
    }

    @Override
    public void notRun(NotRun job) {
        if (job.ending() == Ending.PARKED) {
            String broker = job.broker(); // not the lease, which has the whole job
            String queue = job.lease().job().queue();
            offer(to -> to.parked(broker, queue));
        }
    }

    @Override
    public void claimed(Claimed claim) {
        if (claim.jobs() > 0) { // an idle queue is asked again and again
            offer(to -> to.claimed(claim));
        }
    }

    @Override
    public void settled(Settled settled) {
        offer(to -> to.settled(settled));
    }

    @Override
    public void beat(String broker, Duration took) {
        offer(to -> to.beat(broker, took));
    }

    @Override
    public void swept(String broker, Sweep sweep) {
        offer(to -> to.swept(broker, sweep));
    }

    @Override
    public void relayed(String broker, Duration lag) {
        offer(to -> to.relayed(broker, lag));
    }

    @Override
    public void leasesLost(String broker, List<Lease> lost) {
        int count = lost.size();
        offer(to -> to.leasesLost(broker, count));
    }

    @Override
    public void brokerLost(String broker, Throwable cause) {
        offer(to -> to.brokerLost(broker));
    }
}
