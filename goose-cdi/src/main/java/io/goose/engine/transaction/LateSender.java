package io.goose.engine.transaction;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.engine.client.Sends;
import io.goose.engine.worker.OutageLog;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends what committed transactions enqueued, on a thread of its own that is made when there is something to send. Each queue
 * keeps its order; one whose send failed is tried again, later each time, while the others go on. Jobs are sent with the
 * dedupe mark, so that what is repeated after a lost answer is not there twice.
 *
 * <p>Thread-safe.
 */
final class LateSender {

    private static final System.Logger LOG = System.getLogger(LateSender.class.getPackageName());
    private static final int MOST = 500;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String broker;
    private final Transport transport;
    private final WorkerThreads threads;
    private final LostJobs lostJobs;
    private final OutageLog outage;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Waiting> waiting = new LinkedHashMap<>(); // by queue; guarded by lock
    private @Nullable Thread thread; // guarded by lock
    private boolean stopping; // guarded by lock
    private boolean ended; // guarded by lock

    /** What waits for one queue. */
    private static final class Waiting {
        private final Deque<QueuedJob> jobs = new ArrayDeque<>();
        private int failures;
        private long notBeforeNanos = System.nanoTime();

        private boolean isReady(long now) {
            return now - notBeforeNanos >= 0;
        }

        private void failed() {
            long pause = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(failures++, 10));
            notBeforeNanos = System.nanoTime() + ThreadLocalRandom.current().nextLong(pause / 2, pause + 1);
        }
    }

    /**
     * @param broker its name, for messages
     */
    LateSender(String broker, Transport transport, WorkerThreads threads, LostJobs lostJobs) {
        this.broker = broker;
        this.transport = transport;
        this.threads = threads;
        this.lostJobs = lostJobs;
        this.outage = new OutageLog(
                "GOOSE-4304", "sending to broker '" + broker + "' what transactions enqueued", System::nanoTime);
    }

    /** Takes over jobs whose transaction has committed. Does no I/O; reports them as lost if it is too late. */
    void handOver(List<QueuedJob> jobs) {
        Throwable refused = take(jobs);
        if (refused != null && !jobs.isEmpty()) {
            lostJobs.reportAside(broker, jobs, refused);
        }
    }

    /** Is told of jobs of which nobody knows whether their transaction has committed. Does no I/O. */
    void unknown(List<QueuedJob> jobs) {
        if (!jobs.isEmpty()) {
            lostJobs.reportUnknownAside(broker, jobs);
        }
    }

    private @Nullable Throwable take(List<QueuedJob> jobs) {
        lock.lock();
        try {
            if (stopping) {
                return new IllegalStateException("their transaction committed after Goose was stopped");
            }
            if (thread == null) {
                Thread made = threads.newThread("goose-after-commit-" + broker, this::run);
                made.start();
                thread = made;
            }
            for (QueuedJob job : jobs) {
                waiting.computeIfAbsent(job.queue(), queue -> new Waiting())
                        .jobs
                        .add(job);
            }
            changed.signalAll();
            return null;
        } catch (RuntimeException none) { // no thread, as when the server stops
            return none;
        } finally {
            lock.unlock();
        }
    }

    private void lost(List<QueuedJob> jobs, Throwable cause) {
        if (!jobs.isEmpty()) {
            lostJobs.report(broker, jobs, cause);
        }
    }

    private void run() {
        boolean goOn = true;
        while (goOn) {
            try {
                goOn = sendNext();
            } catch (RuntimeException | Error broken) { // nobody else would send what waits
                outage.failed(broken);
            }
        }
    }

    private boolean sendNext() {
        List<QueuedJob> batch = next();
        if (batch.isEmpty()) {
            return false;
        }
        List<QueuedJob> marked = batch.stream().map(LateSender::marked).toList();
        note(batch, Sends.send(transport, marked));
        return true;
    }

    private static QueuedJob marked(QueuedJob job) {
        return new QueuedJob(job.queue(), job.id(), job.envelope(), job.state(), true, job.unique());
    }

    /** Waits for jobs that may be sent now; they stay in their places. Empty at the end. */
    private List<QueuedJob> next() {
        lock.lock();
        try {
            while (true) {
                if (ended || (stopping && waiting.isEmpty())) {
                    ended = true;
                    changed.signalAll();
                    return List.of();
                }
                List<QueuedJob> batch = ready();
                if (!batch.isEmpty()) {
                    return batch;
                }
                try {
                    long left = changed.awaitNanos(untilReady());
                    LOG.log(DEBUG, "goes on {0} ns before its time", left);
                } catch (InterruptedException byTheServer) {
                    // Our own stop alone ends this thread; what waits is sent until then.
                    LOG.log(DEBUG, "interrupted, and not ended by that");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private List<QueuedJob> ready() {
        long now = System.nanoTime();
        List<QueuedJob> batch = new ArrayList<>();
        for (Waiting queue : waiting.values()) {
            if (stopping || queue.isReady(now)) {
                queue.jobs.stream().limit(MOST - batch.size()).forEach(batch::add);
            }
        }
        return batch;
    }

    private long untilReady() {
        long now = System.nanoTime();
        return waiting.values().stream()
                .mapToLong(queue -> queue.notBeforeNanos - now)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void note(List<QueuedJob> batch, List<SendResult> results) {
        List<QueuedJob> gone = new ArrayList<>();
        Throwable cause = null;
        lock.lock();
        try {
            if (ended) {
                return; // the stop could not wait and has reported them
            }
            Map<String, Throwable> failed = new LinkedHashMap<>();
            for (int i = 0; i < results.size(); i++) {
                QueuedJob job = batch.get(i);
                Waiting queue = waitingFor(job.queue());
                if (results.get(i) instanceof SendResult.Unknown unknown) {
                    failed.put(job.queue(), unknown.cause());
                    continue;
                }
                queue.jobs.remove(job); // it is the first, or behind some that failed
                if (results.get(i) instanceof SendResult.Rejected rejected) {
                    gone.add(job);
                    cause = new IllegalStateException(rejected.message());
                }
            }
            for (Map.Entry<String, Throwable> each : failed.entrySet()) {
                waitingFor(each.getKey()).failed();
                if (stopping) { // that was the last time
                    gone.addAll(waitingFor(each.getKey()).jobs);
                    waiting.remove(each.getKey());
                    cause = each.getValue();
                }
            }
            rotate(batch, failed.keySet());
            logOutage(failed.values());
        } finally {
            lock.unlock();
        }
        if (cause != null) {
            lost(gone, cause);
        }
    }

    private Waiting waitingFor(String queue) {
        return waiting.computeIfAbsent(queue, missing -> new Waiting());
    }

    /** Puts the queues of a batch behind the others, and forgets those where nothing waits. */
    private void rotate(List<QueuedJob> batch, Set<String> failed) {
        for (QueuedJob job : batch) {
            Waiting queue = waiting.remove(job.queue());
            if (queue != null && !queue.jobs.isEmpty()) {
                waiting.put(job.queue(), queue);
                queue.failures = failed.contains(job.queue()) ? queue.failures : 0;
            }
        }
    }

    private void logOutage(Collection<Throwable> failures) {
        if (failures.isEmpty()) {
            outage.succeeded();
        } else {
            outage.failed(failures.iterator().next());
        }
    }

    /** Tries everything once more, waits for that, and reports what is left. */
    void stop(Duration atMost) {
        List<QueuedJob> left;
        lock.lock();
        try {
            if (stopping) {
                return;
            }
            stopping = true;
            changed.signalAll();
            awaitEnd(atMost);
            ended = true;
            left = waiting.values().stream()
                    .flatMap(queue -> queue.jobs.stream())
                    .toList();
            waiting.clear();
        } finally {
            lock.unlock();
        }
        lost(left, new IllegalStateException("Goose was stopped, and the broker has not answered in time"));
    }

    private void awaitEnd(Duration atMost) {
        long nanos = atMost.toNanos();
        try {
            while (thread != null && !ended && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many jobs wait, for tests. */
    int waiting() {
        lock.lock();
        try {
            return waiting.values().stream()
                    .mapToInt(queue -> queue.jobs.size())
                    .sum();
        } finally {
            lock.unlock();
        }
    }
}
