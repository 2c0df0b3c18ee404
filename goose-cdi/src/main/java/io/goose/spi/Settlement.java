package io.goose.spi;

import java.util.List;
import java.util.Objects;

/**
 * The end of a lease: the outcome and its effects, one atomic step of the job's home.
 *
 * @param lease the lease that ends; one that is not the session's any more makes all of this stale
 * @param outcome how the run ended
 * @param effects what happens in the same step; nothing of it if the settlement is stale
 * @since 0.1
 */
public record Settlement(Lease lease, Outcome outcome, List<Effect> effects) {

    public Settlement {
        Objects.requireNonNull(lease, "lease");
        Objects.requireNonNull(outcome, "outcome");
        effects = List.copyOf(effects);
    }

    /** A settlement without effects. */
    public static Settlement of(Lease lease, Outcome outcome) {
        return new Settlement(lease, outcome, List.of());
    }
}
