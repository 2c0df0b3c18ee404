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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that enqueue counted jobs one by one, as an application does that wants them done: again with the same id until
 * each is accepted.
 */
final class Producers implements AutoCloseable {

    private static final int THREADS = 4;
    private static final int PAUSE_MILLIS = 50;
    private static final Duration END_PATIENCE = Duration.ofSeconds(20);

    private final GooseClient goose;
    private final int to;
    private final AtomicInteger next;
    private final List<Integer> acknowledged = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<Future<?>> ends = new ArrayList<>();

    /** Begins to enqueue the jobs from one number to before another. */
    Producers(GooseClient goose, int from, int to) {
        this.goose = goose;
        this.to = to;
        this.next = new AtomicInteger(from);
        for (int i = 0; i < THREADS; i++) {
            ends.add(threads.submit(this::produce));
        }
        threads.shutdown();
    }

    private Void produce() throws InterruptedException {
        for (int number = next.getAndIncrement(); number < to; number = next.getAndIncrement()) {
            insist(number);
            acknowledged.add(number);
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
            } catch (BrokerUnavailableException | EnqueueOutcomeUnknownException away) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
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

    /** Waits until all jobs are taken; fails as a producer failed. */
    void awaitEnd(Duration atMost) throws Exception {
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
