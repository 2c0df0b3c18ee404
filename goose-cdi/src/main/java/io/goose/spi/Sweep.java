package io.goose.spi;

import io.goose.job.JobId;
import java.util.List;

/**
 * What a sweep put in order.
 *
 * @param rescued jobs of dead sessions that went back to the front, uncounted
 * @param suspects jobs of dead sessions that could have been running: counted, and back in the suspects' lane
 * @param buried jobs that were running alone, for the last time they may, when their session died; their
 *     last failure is a {@link io.goose.job.Failure#POISON}
 * @param rerouted jobs for which the last session that knew them has gone
 * @param effects recorded effects of other workers that were delivered
 * @since 0.1
 */
public record Sweep(List<JobId> rescued, List<JobId> suspects, List<JobId> buried, int rerouted, int effects) {

    /** Nothing was out of order. */
    public static final Sweep NOTHING = new Sweep(List.of(), List.of(), List.of(), 0, 0);

    public Sweep {
        rescued = List.copyOf(rescued);
        suspects = List.copyOf(suspects);
        buried = List.copyOf(buried);
    }

    /** Whether there was nothing to do. */
    public boolean isNothing() {
        return equals(NOTHING);
    }
}
