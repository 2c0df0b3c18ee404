package io.goose.spi;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one claim on one queue.
 *
 * @param leases the leased jobs in the order in which they must be started; empty if nothing was ready
 * @param more whether ready jobs were left behind, so that claiming again at once is sensible
 * @param paused whether the queue is paused
 * @param nextDue how long, by the broker's clock, until the next scheduled job of this queue is due, or a waiting one has the permits
 *     that time brings; null if there is no such job
 * @param limited whether the queue has limits, so that nothing of it is to be leased ahead, and nothing more is to be had now if there is not
 *     {@code more}
 * @since 0.1
 */
public record Claim(
        List<Lease> leases,
        boolean more,
        boolean paused,
        @Nullable Duration nextDue,
        boolean limited) {

    /** Nothing ready, nothing scheduled. */
    public static final Claim EMPTY = new Claim(List.of(), false, false, null);

    public Claim {
        leases = List.copyOf(leases);
    }

    /** The answer of a queue without limits. */
    public Claim(List<Lease> leases, boolean more, boolean paused, @Nullable Duration nextDue) {
        this(leases, more, paused, nextDue, false);
    }

    /** {@link #nextDue} as an optional. */
    public Optional<Duration> untilNextDue() {
        return Optional.ofNullable(nextDue);
    }
}
