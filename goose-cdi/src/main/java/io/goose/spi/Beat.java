package io.goose.spi;

import java.util.List;

/**
 * What a session learned from a heartbeat.
 *
 * @param lost leases that are not this session's any more; their runs should end and their settlements will be stale
 * @since 0.1
 */
public record Beat(List<Lease> lost) {

    /** All is well. */
    public static final Beat OK = new Beat(List.of());

    public Beat {
        lost = List.copyOf(lost);
    }
}
