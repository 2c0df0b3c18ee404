package io.goose.engine.observe;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.JobRun;
import io.goose.engine.observe.NotEnqueued.Kind;
import io.goose.job.BatchStatus;
import io.goose.job.Envelope;
import io.goose.job.QueuedJob;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Sweep;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of the engine that work with one broker say, where they do it. Where nobody listens each call is a look at a field.
 * Never throws. Thread-safe.
 */
public final class Observation {

    /** Nobody listens. */
    public static final Observation OFF = new Observation("", Observers.NONE, Clock.systemUTC());

    private static final long HERE = 0;

    private final String broker;
    private final Observers observers;
    private final InstantSource clock;
    private final boolean on;
    private final AtomicLong lostSince = new AtomicLong(HERE); // in nanoTime, never HERE while it is away

    /**
     * @param broker its name
     * @param clock wall-clock time of this host
     */
    public Observation(String broker, Observers observers, InstantSource clock) {
        this.broker = broker;
        this.observers = observers;
        this.clock = clock;
        this.on = !observers.isEmpty();
    }

    /** Whether somebody listens. */
    public boolean isOn() {
        return on;
    }

    /** When something begins whose time is to be told; meaningless if nobody listens. */
    public long begin() {
        return on ? System.nanoTime() : 0;
    }

    private static Duration since(long begun) {
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    // --- enqueuing

    /** A job was sent, and this is what came of it. A failure is for {@link #notEnqueued} to tell. */
    public void sent(long begun, QueuedJob job, SendResult result) {
        if (on && isAdded(result)) {
            Duration took = since(begun);
            observers.tell(each -> each.enqueued(new Enqueuing(broker, List.of(job), took)));
        }
    }

    /** Jobs were sent, and this is what came of each. */
    public void sent(long begun, List<QueuedJob> jobs, List<SendResult> results) {
        if (!on) {
            return;
        }
        Duration took = since(begun);
        List<QueuedJob> added = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            SendResult result = results.get(i);
            if (isAdded(result)) {
                added.add(jobs.get(i));
            } else if (result instanceof SendResult.Rejected) {
                notEnqueued(Enqueuing.handler(jobs.get(i)), Kind.REJECTED);
            } else if (result instanceof SendResult.Unknown unknown) {
                notEnqueued(Enqueuing.handler(jobs.get(i)), unknown.sent() ? Kind.UNKNOWN : Kind.UNAVAILABLE);
            }
        }
        if (!added.isEmpty()) {
            observers.tell(each -> each.enqueued(new Enqueuing(broker, added, took)));
        }
    }

    /** Jobs were added to a batch. */
    public void added(long begun, List<QueuedJob> members) {
        if (on && !members.isEmpty()) {
            Duration took = since(begun);
            observers.tell(each -> each.enqueued(new Enqueuing(broker, members, took)));
        }
    }

    /** A call failed that was to add jobs to a batch. */
    public void notAdded(List<QueuedJob> members, Throwable failure) {
        if (on) {
            members.forEach(job -> notEnqueued(Enqueuing.handler(job), failure));
        }
    }

    /** A call failed that was to enqueue a job. */
    public void notEnqueued(String handler, Throwable failure) {
        if (on) {
            Kind kind = failure instanceof EnqueueOutcomeUnknownException
                    ? Kind.UNKNOWN
                    : failure instanceof BrokerUnavailableException ? Kind.UNAVAILABLE : Kind.REJECTED;
            notEnqueued(handler, kind);
        }
    }

    private void notEnqueued(String handler, Kind kind) {
        observers.tell(each -> each.notEnqueued(new NotEnqueued(broker, handler, kind)));
    }

    private static boolean isAdded(SendResult result) {
        return !(result instanceof SendResult.Exists
                || result instanceof SendResult.Rejected
                || result instanceof SendResult.Unknown);
    }

    // --- running

    /** User code begins. */
    public RunSeen runs(JobRun run, Lease lease, Envelope envelope) {
        if (!on) {
            return RunSeen.OFF;
        }
        Latency latency = Latency.of(envelope, lease.job().state(), clock.instant());
        RunBegin begin = new RunBegin(broker, run, envelope, lease, latency);
        observers.tell(each -> each.runBegan(begin));
        return new RunSeen(observers, begin, System.nanoTime());
    }

    /**
     * A job was not begun.
     *
     * @param envelope null if it cannot be read
     */
    public void notRun(Lease lease, @Nullable Envelope envelope, Outcome outcome) {
        if (on) {
            String handler = envelope == null ? null : envelope.handler();
            observers.tell(each -> each.notRun(new NotRun(broker, lease, handler, Ending.of(outcome))));
        }
    }

    // --- working

    /** A claim was answered. */
    public void claimed(long begun, String queue, int jobs) {
        if (on) {
            Duration took = since(begun);
            observers.tell(each -> each.claimed(new Claimed(broker, queue, jobs, took)));
        }
    }

    /** Outcomes were written. */
    public void settled(long begun, int outcomes, int stale) {
        if (on) {
            Duration took = since(begun);
            observers.tell(each -> each.settled(new Settled(broker, outcomes, stale, took)));
        }
    }

    /** A beat was answered. */
    public void beat(long begun, List<Lease> lost) {
        if (!on) {
            return;
        }
        Duration took = since(begun);
        observers.tell(each -> each.beat(broker, took));
        reached();
        if (!lost.isEmpty()) {
            observers.tell(each -> each.leasesLost(broker, lost));
        }
    }

    /** A worker has put things in order. */
    public void swept(Sweep sweep) {
        if (on && !sweep.isNothing()) {
            observers.tell(each -> each.swept(broker, sweep));
        }
    }

    /**
     * A relay has tried to send what it took from an outbox.
     *
     * @param oldest the first of it
     */
    public void relayed(QueuedJob oldest) {
        if (on) {
            Peek.enqueuedAt(oldest.envelope()).ifPresent(at -> {
                Duration lag = Duration.between(at, clock.instant());
                observers.tell(each -> each.relayed(broker, lag.isNegative() ? Duration.ZERO : lag));
            });
        }
    }

    /** How often the sizes of queues are to be measured; empty if nobody wants to know. */
    public Optional<Duration> measuresEvery() {
        return observers.measuresEvery();
    }

    /** Something was measured. */
    public void measured(List<Reading> values) {
        if (on && !values.isEmpty()) {
            observers.tell(each -> each.measured(values));
        }
    }

    /** A batch was seen to be complete. */
    public void completed(BatchStatus batch) {
        if (on) {
            observers.tell(each -> each.batchCompleted(broker, batch));
        }
    }

    /** Asks the broker, and says whether it answers. What it throws is thrown. */
    public <T> T asked(Supplier<T> asking) {
        try {
            T answer = asking.get();
            reached();
            return answer;
        } catch (RuntimeException unreached) {
            unreached(unreached);
            throw unreached;
        }
    }

    /** The broker answered. */
    private void reached() {
        if (on && lostSince.get() != HERE) {
            long since = lostSince.getAndSet(HERE);
            if (since != HERE) {
                Duration after = since(since);
                observers.tell(each -> each.brokerRegained(broker, after));
            }
        }
    }

    /** The broker did not answer. */
    private void unreached(Throwable cause) {
        if (on && lostSince.compareAndSet(HERE, System.nanoTime() | 1)) {
            observers.tell(each -> each.brokerLost(broker, cause));
        }
    }
}
