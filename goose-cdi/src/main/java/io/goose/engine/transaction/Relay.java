package io.goose.engine.transaction;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.client.Sends;
import io.goose.engine.observe.Observation;
import io.goose.engine.retry.FailureLog;
import io.goose.engine.worker.OutageLog;
import io.goose.job.QueuedJob;
import io.goose.spi.Outbox;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is in an outbox to its broker: at once when a transaction of this process has committed, and every ten seconds
 * what others left there. A queue whose send failed is tried again, later each time, while the others go on; so the jobs of a
 * queue keep their order as long as one process relays them. Thread-safe.
 */
final class Relay {

    private static final System.Logger LOG = System.getLogger(Relay.class.getPackageName());
    private static final int MOST = 500;
    private static final int MOST_LEFT_OUT = 100;
    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String broker;
    private final Transport transport;
    private final Outbox outbox;
    private final WorkerThreads threads;
    private final LostJobs lostJobs;
    private final Observation observation;
    private final OutageLog outage;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Thread thread; // guarded by lock
    private boolean woken; // guarded by lock
    private boolean stopping; // guarded by lock
    private boolean ended; // guarded by lock

    private final Map<String, Away> away = new HashMap<>(); // by queue; the relay's thread only
    private long outboxFailures; // the relay's thread only

    /** A queue that cannot be sent to now. */
    private record Away(int failures, long untilNanos) {
        static Away after(@Nullable Away before) {
            int failures = before == null ? 0 : before.failures + 1;
            return new Away(failures, System.nanoTime() + pause(failures));
        }
    }

    private static long pause(long failures) {
        long pause = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(failures, 10));
        return ThreadLocalRandom.current().nextLong(pause / 2, pause + 1);
    }

    /**
     * @param broker the name of the broker that the jobs are for
     */
    Relay(
            String broker,
            Transport transport,
            Outbox outbox,
            WorkerThreads threads,
            LostJobs lostJobs,
            Observation observation) {
        this.broker = broker;
        this.transport = transport;
        this.outbox = outbox;
        this.threads = threads;
        this.lostJobs = lostJobs;
        this.observation = observation;
        this.outage =
                new OutageLog("GOOSE-4309", "the relay from the outbox to broker '" + broker + "'", System::nanoTime);
    }

    /** Says that there may be something to send, and begins to look if that was not done before. Does no I/O. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
            if (thread == null && !stopping) {
                Thread made = threads.newThread("goose-outbox-" + broker, this::run);
                made.start();
                thread = made;
            }
        } catch (RuntimeException none) { // as when the server stops; it is in the outbox
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> "GOOSE-4310: there is no thread to send what is in the outbox for broker '" + broker
                            + "'; it is sent after the next start",
                    none);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        boolean goOn = true;
        while (goOn) {
            long pause = round();
            goOn = await(pause);
        }
    }

    /** Sends what there is; how long to wait until the next time. */
    private long round() {
        try {
            long now = System.nanoTime();
            Set<String> except = leftOut(now);
            int taken = outbox.relay(broker, except, MOST, this::send);
            outboxFailures = 0;
            if (taken == 0) { // of a queue that was not left out there is nothing, another relay may have sent it
                away.keySet().retainAll(except);
            }
            if (away.isEmpty()) {
                outage.succeeded();
            }
            return taken > 0 ? 0 : untilNext();
        } catch (RuntimeException | Error failed) { // the outbox is away; what is in it stays
            outage.failed(failed);
            return pause(outboxFailures++);
        }
    }

    private Set<String> leftOut(long now) {
        return away.entrySet().stream()
                .filter(queue -> now - queue.getValue().untilNanos() < 0)
                .map(Map.Entry::getKey)
                .limit(MOST_LEFT_OUT)
                .collect(Collectors.toUnmodifiableSet());
    }

    private long untilNext() {
        long now = System.nanoTime();
        return away.values().stream()
                .mapToLong(queue -> Math.max(0, queue.untilNanos() - now))
                .min()
                .orElse(SWEEP_NANOS);
    }

    private List<Boolean> send(List<QueuedJob> jobs) {
        List<SendResult> results =
                Sends.send(transport, jobs.stream().map(UniqueLater::withKey).toList());
        List<Boolean> gone = new ArrayList<>(results.size());
        Map<String, Throwable> failed = new HashMap<>();
        for (int i = 0; i < results.size(); i++) {
            QueuedJob job = jobs.get(i);
            gone.add(!(results.get(i) instanceof SendResult.Unknown));
            if (results.get(i) instanceof SendResult.Unknown because) {
                failed.put(job.queue(), because.cause());
            } else if (results.get(i) instanceof SendResult.Rejected rejected) {
                lostJobs.report(broker, List.of(job), new IllegalStateException(rejected.message()));
            }
        }
        jobs.stream().map(QueuedJob::queue).distinct().forEach(queue -> {
            if (failed.containsKey(queue)) {
                away.put(queue, Away.after(away.get(queue)));
            } else {
                away.remove(queue);
            }
        });
        failed.values().stream().findFirst().ifPresent(outage::failed);
        jobs.stream().findFirst().ifPresent(observation::relayed); // whether it was sent or stays
        return gone;
    }

    /** Waits; false at the end. */
    private boolean await(long pause) {
        long left = pause;
        lock.lock();
        try {
            boolean failing = outboxFailures > 0;
            while (!stopping && left > 0 && (failing || !woken)) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException byTheServer) {
                    LOG.log(DEBUG, "interrupted, and not ended by that");
                }
            }
            woken = false;
            ended = stopping;
            changed.signalAll();
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the relay; what is in the outbox stays there for the next one. */
    void stop(Duration atMost) {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
            long left = atMost.toNanos();
            while (thread != null && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
