package io.goose.engine.retry;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.RetryDelay;
import io.goose.RetryLater;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.Failure;
import io.goose.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/** Decides what follows a failed run. Thread-safe. */
public final class RetryDecision {

    private static final System.Logger LOG = System.getLogger(RetryDecision.class.getName());
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final int defaultMax;
    private final Function<String, Optional<RetryDelay.Custom>> named;
    private final IntUnaryOperator random;

    /**
     * @param defaultMax retries of a job whose envelope says nothing
     * @param named the delays of {@code named:x}, by x
     * @param random a random number from 0 to below its argument
     */
    public RetryDecision(int defaultMax, Function<String, Optional<RetryDelay.Custom>> named, IntUnaryOperator random) {
        this.defaultMax = defaultMax;
        this.named = named;
        this.random = random;
    }

    /** How many retries the job has in all. */
    public int max(Envelope envelope) {
        return envelope.retry().map(Envelope.Retry::max).orElse(defaultMax);
    }

    /** Whether {@code failure} ends the job, be it for lack of retries or because its type is not retried. */
    public boolean isLast(
            Envelope envelope, DeliveryState state, Throwable failure, List<Class<? extends Throwable>> noRetryOn) {
        return state.retryCount() >= max(envelope) || noRetryOn.stream().anyMatch(type -> type.isInstance(failure));
    }

    /** The outcome of a run that failed and is followed by another. */
    public Outcome.Retry retry(
            Envelope envelope, String presentQueue, DeliveryState state, Throwable failure, Instant now) {
        String queue = envelope.retry().map(Envelope.Retry::queue).orElse(presentQueue);
        return new Outcome.Retry(
                delay(envelope, state.retryCount(), failure), queue, state.afterFailure(Failure.of(failure), now));
    }

    /** The outcome of a run that failed and is not followed by another. */
    public Outcome death(Envelope envelope, DeliveryState state, Throwable failure, Instant now) {
        boolean skipDead = envelope.retry().map(Envelope.Retry::skipDead).orElse(false);
        // A dropped job leaves nothing behind, like a finished one; its death was told to the handlers.
        return skipDead ? Outcome.Done.INSTANCE : new Outcome.Dead(state.afterDeath(Failure.of(failure), now));
    }

    private Duration delay(Envelope envelope, int retryCount, Throwable failure) {
        if (failure instanceof RetryLater later) {
            return bounded(later.delay());
        }
        try {
            return bounded(delay(policy(envelope), retryCount, failure));
        } catch (Throwable broken) { // the transition must not be lost for it
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> "GOOSE-4201: cannot compute the retry delay of job " + envelope.id() + " ("
                            + envelope.handler() + "); the standard delay is used",
                    broken);
            return RetryDelay.standardDelay(retryCount, random);
        }
    }

    private static RetryDelay policy(Envelope envelope) {
        return envelope.retry()
                .map(Envelope.Retry::policy)
                .map(RetryDelay::parse)
                .orElseGet(RetryDelay::standard);
    }

    private Duration delay(RetryDelay policy, int retryCount, Throwable failure) {
        if (policy instanceof RetryDelay.Fixed fixed) {
            return fixed.delay();
        }
        if (policy instanceof RetryDelay.Exponential e) {
            // In floating point: a duration may have more milliseconds than a long.
            double seconds = seconds(e.first()) * Math.pow(e.factor(), retryCount);
            Duration longest = bounded(e.longest());
            return seconds >= seconds(longest) ? longest : Duration.ofMillis((long) (seconds * 1_000));
        }
        if (policy instanceof RetryDelay.Named name) {
            RetryDelay.Custom custom = named.apply(name.name())
                    .orElseThrow(() -> new IllegalStateException("no RetryDelay.Custom bean is named '" + name.name()
                            + "' in this application; add one with @Named"));
            return custom.delay(retryCount, failure);
        }
        return RetryDelay.standardDelay(retryCount, random);
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    /** A delay that a broker can add to a time. */
    public static Duration bounded(Duration delay) {
        if (delay.isNegative()) {
            return Duration.ZERO;
        }
        return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
    }
}
