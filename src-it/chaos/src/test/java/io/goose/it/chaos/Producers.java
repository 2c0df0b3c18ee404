package io.goose.it.chaos;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.job.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Threads that enqueue counted jobs one by one, as an application does that wants them done: again with the same id until
 * each is accepted.
 */
final class Producers implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int PAUSE_MILLIS = 50;
    private static final Duration END_PATIENCE = Duration.ofSeconds(60);

    private final GooseClient goose;
    private final AtomicInteger next;
    private final List<Integer> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final Set<Integer> unknown = ConcurrentHashMap.newKeySet();
    private final Set<Integer> underWay = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refusals = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<Future<?>> ends = new ArrayList<>();
    private volatile int least = Integer.MAX_VALUE;
    private volatile @Nullable Exception failure;

    /**
     * Begins to enqueue, and goes on until {@link #end}.
     *
     * @param next the number of the next job, shared with whoever else enqueues
     */
    Producers(GooseClient goose, AtomicInteger next) {
        this.goose = goose;
        this.next = next;
        for (int i = 0; i < THREADS; i++) {
            ends.add(threads.submit(this::produce));
        }
        threads.shutdown();
    }

    private Void produce() throws InterruptedException {
        while (next.get() < least) {
            int number = next.getAndIncrement();
            underWay.add(number);
            insist(number);
            acknowledged.add(number);
            underWay.remove(number);
        }
        return null;
    }

    private void insist(int number) throws InterruptedException {
        JobId id = JobId.of(UUID.randomUUID());
        Kind kind = Kind.of(number);
        GooseClient client = goose.with(o -> kind.with(o).id(id));
        JobCall call = JobCall.of(ChaosEngine.COUNTED, number);
        while (true) {
            try {
                if (kind == Kind.SCHEDULED) {
                    client.performIn(Kind.SOON, call);
                } else {
                    client.performAsync(call);
                }
                return;
            } catch (BrokerUnavailableException away) {
                failure = away;
                refusals.incrementAndGet();
                Thread.sleep(PAUSE_MILLIS);
            } catch (EnqueueOutcomeUnknownException lost) {
                failure = lost;
                unknown.add(number);
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** What a producer was told last, if not that a job was taken. */
    String lastFailure() {
        return String.valueOf(failure);
    }

    /** How many jobs the broker has taken. */
    int acknowledged() {
        return acknowledged.size();
    }

    /** The numbers of the jobs that the broker has taken. */
    Set<Integer> acknowledgedNumbers() {
        synchronized (acknowledged) {
            return Set.copyOf(acknowledged);
        }
    }

    /** The numbers of the jobs of which the broker has not said yet that it has them. */
    Set<Integer> underWay() {
        return Set.copyOf(underWay);
    }

    /** The numbers of the jobs that were sent again because nobody knew whether the broker had taken them. */
    Set<Integer> unknownNumbers() {
        return Set.copyOf(unknown);
    }

    /** How often the broker was said to have taken nothing. */
    int refusals() {
        return refusals.get();
    }

    /** Fails as a producer failed, if one did: it enqueues nothing any more. */
    void mustWork() throws Exception {
        for (Future<?> end : ends) {
            if (end.isDone()) {
                end.get();
            }
        }
    }

    /** Ends the enqueuing once there are so many jobs in all, and waits for that; fails as a producer failed. */
    void end(int jobs, Duration atMost) throws Exception {
        least = jobs;
        long deadline = System.nanoTime() + atMost.toNanos();
        for (Future<?> end : ends) {
            end.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() throws InterruptedException {
        threads.shutdownNow();
        if (!threads.awaitTermination(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("producers still run " + END_PATIENCE + " after their interrupt");
        }
    }
}
