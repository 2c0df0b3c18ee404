package io.goose.spi;

import java.util.List;
import java.util.Set;

/**
 * What a session learned from a heartbeat.
 *
 * @param lost leases that are not this session's any more; their runs should end and their settlements will be stale
 * @param failed queues whose leases were not renewed this time, while those of others were; they end with the lease if it
 *     goes on
 * @since 0.1
 */
public record Beat(List<Lease> lost, Set<String> failed) {

    /** All is well. */
    public static final Beat OK = new Beat(List.of(), Set.of());

    public Beat {
        lost = List.copyOf(lost);
        failed = Set.copyOf(failed);
    }

    /** A beat for all queues. */
    public Beat(List<Lease> lost) {
        this(lost, Set.of());
    }
}
