package io.goose;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a job that fails. Each part may be unset, in which case the next in the order of precedence decides:
 * the call, the nearest annotation, the configuration, the built-in default.
 *
 * <p>Immutable, so thread-safe.
 *
 * @since 0.1
 */
public final class RetryPolicy {

    /** The built-in number of retries after the first run. */
    public static final int DEFAULT_MAX = 27;

    /** Nothing is set. */
    public static final RetryPolicy UNSET = new RetryPolicy(null, null, null, null);

    private final @Nullable Integer max;
    private final @Nullable String queue;
    private final @Nullable RetryDelay delay;
    private final @Nullable Boolean skipDead;

    private RetryPolicy(
            @Nullable Integer max, @Nullable String queue, @Nullable RetryDelay delay, @Nullable Boolean skipDead) {
        this.max = max;
        this.queue = queue;
        this.delay = delay;
        this.skipDead = skipDead;
    }

    /** {@code max} retries, the rest unset. */
    public static RetryPolicy max(int max) {
        return UNSET.withMax(max);
    }

    /** No retries: the first failure buries the job. */
    public static RetryPolicy none() {
        return UNSET.withMax(0);
    }

    /**
     * This policy with {@code retries} after the first run.
     *
     * @param retries 0 to {@link Integer#MAX_VALUE}
     * @throws IllegalArgumentException if negative
     */
    public RetryPolicy withMax(int retries) {
        if (retries < 0) {
            throw new IllegalArgumentException("GOOSE-1004: maxRetries=" + retries + " is negative; 0 means no retry");
        }
        return new RetryPolicy(retries, queue, delay, skipDead);
    }

    /** This policy with retries on another queue, which needs a worker that serves it. */
    public RetryPolicy withQueue(String retryQueue) {
        return new RetryPolicy(max, QueueNames.check(retryQueue), delay, skipDead);
    }

    /** This policy with a delay before each retry. */
    public RetryPolicy withDelay(RetryDelay retryDelay) {
        return new RetryPolicy(max, queue, Objects.requireNonNull(retryDelay, "retryDelay"), skipDead);
    }

    /** This policy with the job dropped ({@code true}) or buried ({@code false}) after its last retry. */
    public RetryPolicy withSkipDead(boolean skip) {
        return new RetryPolicy(max, queue, delay, skip);
    }

    /** This policy where it is set, else {@code other}. */
    public RetryPolicy or(RetryPolicy other) {
        return new RetryPolicy(
                max != null ? max : other.max,
                queue != null ? queue : other.queue,
                delay != null ? delay : other.delay,
                skipDead != null ? skipDead : other.skipDead);
    }

    /** Retries after the first run; empty if unset. */
    public OptionalInt max() {
        return max == null ? OptionalInt.empty() : OptionalInt.of(max);
    }

    /** The queue of the retries; empty if unset. */
    public Optional<String> queue() {
        return Optional.ofNullable(queue);
    }

    /** The delay before each retry; empty if unset. */
    public Optional<RetryDelay> delay() {
        return Optional.ofNullable(delay);
    }

    /** Whether the job is dropped, not buried, after its last retry; empty if unset. */
    public Optional<Boolean> skipDead() {
        return Optional.ofNullable(skipDead);
    }
}
