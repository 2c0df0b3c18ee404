package io.goose.engine.run;

import io.goose.JobRun;
import io.goose.job.BatchId;
import io.goose.job.Envelope;
import io.goose.job.JobId;
import io.goose.spi.Lease;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One run of one job. Made by the job's thread; the worker's loops may mark it lost or ended. */
final class Attempt implements JobRun {

    private final Lease lease;
    private final Envelope envelope;
    private final String handler;
    private final int maxRetries;
    private final LeaseWatch watch;
    private boolean armed; // job's thread only
    private volatile @Nullable Instant limit; // written by the job's thread
    private @Nullable Object returned; // the job's thread only
    private volatile @Nullable Duration timeout; // written by the job's thread; null if the limit is the deadline

    /**
     * @param handler the job's present name; the envelope may have a former one
     */
    Attempt(Lease lease, Envelope envelope, String handler, int maxRetries, LeaseWatch watch) {
        this.lease = lease;
        this.envelope = envelope;
        this.handler = handler;
        this.maxRetries = maxRetries;
        this.watch = watch;
    }

    Lease lease() {
        return lease;
    }

    Envelope envelope() {
        return envelope;
    }

    LeaseWatch watch() {
        return watch;
    }

    /** Whether the thread has the transaction into which this was put under the key: the job may have ended that. */
    boolean isIn(SurroundingTransaction transaction, Object key) {
        if (transaction.state() == State.NONE) {
            return false;
        }
        try {
            return transaction.resource(key) == this;
        } catch (IllegalStateException over) { // a transaction manager may keep nothing of one that timed out
            return transaction.state() == State.ROLLBACK;
        }
    }

    /**
     * Begins with user code.
     *
     * @param timeOfOne how long a run of this job may take; zero for as long as it likes
     */
    void begin(InstantSource clock, Duration timeOfOne) {
        Instant deadline = envelope.deadline().orElse(null);
        if (deadline == null && timeOfOne.isZero()) {
            watch.bodyBegins(null);
            return;
        }
        Instant now = clock.instant();
        Duration left = deadline == null ? null : Duration.between(now, deadline);
        if (!timeOfOne.isZero() && (left == null || timeOfOne.compareTo(left) < 0)) {
            timeout = timeOfOne;
            limit = now.plus(timeOfOne);
            watch.bodyBegins(timeOfOne);
        } else {
            limit = deadline;
            watch.bodyBegins(left);
        }
    }

    /** Notes what the job's method returned, or what a middleware made of it. */
    void returns(@Nullable Object value) {
        returned = value;
    }

    /** What was returned; null if that was nothing. */
    @Nullable Object returned() {
        return returned;
    }

    /** The failure of this run, if it took too long. */
    Throwable overdue(Throwable thrown) {
        Instant until = limit;
        return Endings.tooLong(this, until == null ? enqueuedAt() : until, timeout, thrown);
    }

    /** Arms the token that tells the engine's own invocation from every other call. */
    void arm() {
        armed = true;
    }

    void disarm() {
        armed = false;
    }

    /** Takes the token if this is the invocation of {@code asking}; the next call finds it gone. */
    boolean take(String asking) {
        boolean taken = armed && handler.equals(asking);
        armed &= !taken;
        return taken;
    }

    boolean stopping() {
        return watch.isStopping();
    }

    @Override
    public JobId id() {
        return lease.job().id(); // that of the envelope is another one where a unique job was replaced
    }

    @Override
    public String handler() {
        return handler;
    }

    @Override
    public int attempt() {
        return lease.job().state().attempt();
    }

    @Override
    public int retriesLeft() {
        return Math.max(0, maxRetries - lease.job().state().retryCount());
    }

    @Override
    public String queue() {
        return lease.job().queue();
    }

    @Override
    public Instant enqueuedAt() {
        return envelope.enqueuedAt();
    }

    @Override
    public Optional<Instant> runAt() {
        return envelope.runAt();
    }

    @Override
    public Optional<Instant> tick() {
        return envelope.cron().map(Envelope.Cron::tick);
    }

    @Override
    public Optional<BatchId> batch() {
        return BatchId.ofMember(envelope.id()).map(BatchId.Member::batch);
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.ofNullable(limit);
    }

    @Override
    public List<String> tags() {
        return envelope.tags();
    }

    @Override
    public Map<String, String> headers() {
        return envelope.headers();
    }

    @Override
    public long token() {
        return lease.token();
    }

    @Override
    public boolean isLost() {
        return watch.isLost();
    }

    @Override
    public boolean isCancelled() {
        return watch.isCancelled() || watch.isOverdue() || watch.isLost() || watch.isInterrupted();
    }
}
