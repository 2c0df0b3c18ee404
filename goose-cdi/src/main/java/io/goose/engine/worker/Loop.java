package io.goose.engine.worker;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A supervised loop on a thread of its own: it does its step again and again, and whatever the step throws is logged, waited
 * out with a growing, jittered pause, and tried again. It ends when it is told to, and only then.
 */
final class Loop {

    private static final System.Logger LOG = System.getLogger(Loop.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LAST_PAUSES_MILLIS = 50;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration SHORTEST_LIMIT = Duration.ofMillis(10);

    private final String name;
    private final Step step;
    private final BooleanSupplier ended;
    private final long longestPauseMillis;
    private final OutageLog outage;
    private final CountDownLatch wakeable = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private volatile long lastStepNanos = System.nanoTime();
    private Runnable last = () -> {}; // before the start
    private volatile @Nullable BooleanSupplier alive; // null until it is started

    /** One round of a loop. */
    @FunctionalInterface
    interface Step {
        void run() throws InterruptedException;
    }

    /**
     * @param ended asked before each round; true ends the loop
     */
    Loop(String name, Step step, BooleanSupplier ended) {
        this(name, step, ended, LONGEST_PAUSE);
    }

    /**
     * @param ended asked before each round; true ends the loop
     * @param longestPause what pauses grow to; under 10 ms it is 10 ms, so that the loop does not spin
     */
    Loop(String name, Step step, BooleanSupplier ended, Duration longestPause) {
        this.name = name;
        this.step = step;
        this.ended = ended;
        Duration limit = longestPause.compareTo(SHORTEST_LIMIT) < 0 ? SHORTEST_LIMIT : longestPause;
        this.longestPauseMillis = limit.toMillis();
        this.outage = new OutageLog("GOOSE-4001", "the loop " + name, System::nanoTime);
    }

    /** Does that after the last round, on the loop's thread; what it throws is logged. Before the start. */
    Loop endingWith(Runnable last) {
        this.last = last;
        return this;
    }

    void start(WorkerThreads threads) {
        alive = threads.start(name, this::run);
    }

    private void run() {
        try {
            while (!ended.getAsBoolean()) {
                round();
            }
            end();
        } finally {
            done.countDown();
        }
    }

    private void end() {
        try {
            last.run();
        } catch (Throwable failed) { // the end is not held up by it
            outage.failed(failed);
        }
    }

    private void round() {
        try {
            step.run();
            lastStepNanos = System.nanoTime();
            if (failuresInARow.getAndSet(0) > 0) {
                outage.succeeded();
            }
        } catch (InterruptedException asked) {
            // The server interrupts its threads when it stops; the loop's end is decided by our own stop alone.
            LOG.log(DEBUG, "loop {0} was interrupted", name);
        } catch (Throwable failed) { // a loop outlives everything
            failuresInARow.incrementAndGet();
            outage.failed(failed);
            pause();
        }
    }

    private void pause() {
        boolean ending = wakeable.getCount() == 0;
        long longest = ending
                ? LAST_PAUSES_MILLIS
                : Math.min(longestPauseMillis, FIRST_PAUSE_MILLIS << Math.min(failuresInARow.get(), 10));
        // A stop need not wait for the end of a long pause; the short ones afterwards nobody ends.
        CountDownLatch end = ending ? done : wakeable;
        try {
            boolean woken =
                    end.await(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1), TimeUnit.MILLISECONDS);
            LOG.log(DEBUG, "loop {0} goes on, woken: {1}", name, woken);
        } catch (InterruptedException asked) {
            LOG.log(DEBUG, "loop {0} was interrupted in its pause", name);
        }
    }

    /** Ends a pause that is under way; all later ones are short. Called when the loop is to end soon. */
    void endPauses() {
        wakeable.countDown();
    }

    /** Waits for the end of the loop; returns whether it came in time. One that was not started has ended. */
    boolean join(Duration atMost) throws InterruptedException {
        return hasNoThread() || done.await(Math.max(0, atMost.toNanos()), TimeUnit.NANOSECONDS);
    }

    /** Whether the loop's thread has gone although nobody told it to. */
    boolean isDead() {
        boolean gone = alive != null && (done.getCount() == 0 || hasNoThread()); // before the next: ends are for ever
        return gone && !ended.getAsBoolean();
    }

    /** Not started, or ended by something that kept even the end from being noted. */
    private boolean hasNoThread() {
        BooleanSupplier present = alive;
        return present == null || !present.getAsBoolean();
    }

    /** How long ago the slowest of these loops finished a round, or was made; those that have ended do not count. */
    static Duration lag(Loop... loops) {
        long now = System.nanoTime();
        long most = 0;
        for (Loop loop : loops) {
            if (loop.done.getCount() > 0) {
                most = Math.max(most, now - loop.lastStepNanos);
            }
        }
        return Duration.ofNanos(most);
    }

    int failuresInARow() {
        return failuresInARow.get();
    }

    String name() {
        return name;
    }
}
