package io.goose.engine.run;

import java.time.Duration;
import java.util.Objects;

/**
 * How long runs may take where the job says nothing, and what is done about those that take long.
 *
 * @param timeout of one run, {@code goose.job.timeout}; zero for none
 * @param cancelGrace how long a cancelled run is left to end by itself, {@code goose.cancel.grace}
 * @param stuckAfter when a run is reported as stuck, {@code goose.stuck.after}; zero for never
 */
public record RunLimits(Duration timeout, Duration cancelGrace, Duration stuckAfter) {

    /** No timeout, no grace, a report after ten minutes. */
    public static final RunLimits DEFAULT = new RunLimits(Duration.ZERO, Duration.ZERO, Duration.ofMinutes(10));

    public RunLimits {
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(cancelGrace, "cancelGrace");
        Objects.requireNonNull(stuckAfter, "stuckAfter");
    }
}
