package io.goose.engine.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far ahead of its threads a worker may lease, counted in time: as many jobs of a queue as the threads are likely to
 * finish within the lookahead, judged by the moving average of that queue's job time. A queue that has shown nothing yet, or
 * whose jobs take longer, gets no buffer. Thread-safe.
 */
final class Lookahead {

    /** More than this is never leased ahead, however quick the jobs are. */
    static final int MOST = 500;

    private final long lookaheadNanos;
    private final int threads;
    private final Set<String> unbuffered;
    private final Set<String> limited = ConcurrentHashMap.newKeySet();
    private final Map<String, Average> averages = new ConcurrentHashMap<>();

    /**
     * @param unbuffered queues that get no buffer, however quick their jobs are
     */
    Lookahead(Duration lookahead, int threads, Set<String> unbuffered) {
        this.lookaheadNanos = lookahead.toNanos();
        this.threads = threads;
        this.unbuffered = Set.copyOf(unbuffered);
    }

    /** Notes that a job of {@code queue} took this long. */
    void took(String queue, long nanos) {
        Average average = averages.get(queue);
        if (average == null) {
            average = averages.computeIfAbsent(queue, q -> new Average());
        }
        average.add(nanos);
    }

    /** Notes whether a queue has limits: its permits are for threads that are free. */
    void limited(String queue, boolean limits) {
        if (limits) {
            limited.add(queue);
        } else if (!limited.isEmpty()) {
            limited.remove(queue);
        }
    }

    /** How many jobs of {@code queue} may be leased beyond one for each thread. */
    int beyondThreads(String queue) {
        Average average = averages.get(queue);
        double nanos = average == null ? 0 : average.nanos;
        if (nanos <= 0 || unbuffered.contains(queue) || limited.contains(queue)) {
            return 0;
        }
        return (int) Math.min(MOST, Math.floor(lookaheadNanos / nanos) * threads);
    }

    /** Weighs the newest job with 1/16. A race loses one sample, which does not matter; a slow job counts at once. */
    private static final class Average {
        private volatile double nanos;

        private void add(long sample) {
            double old = nanos;
            nanos = old == 0 ? sample : sample > old * 16 ? sample : old + (sample - old) / 16;
        }
    }
}
