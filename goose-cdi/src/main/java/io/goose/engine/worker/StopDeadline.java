package io.goose.engine.worker;

import java.time.Duration;

/**
 * One deadline for all engines of a JVM that stop together: the modules of an application stop one after another, and a
 * server or an orchestrator waits for all of them only once.
 *
 * <p>The engines are in class loaders of their own, so what they share is a system property. A deadline that is long past
 * belongs to an earlier stop and is replaced.
 */
public final class StopDeadline {

    private static final String PROPERTY = "goose.internal.stop-deadline";

    private StopDeadline() {}

    /** The deadline, in the time of {@link System#nanoTime}, of a stop that begins now and would like {@code grace}. */
    public static long begin(Duration grace) {
        long now = System.nanoTime();
        String wanted = Long.toString(now + grace.toNanos());
        // Atomic across all copies of this class: the properties are the JDK's.
        Object agreed = System.getProperties()
                .merge(PROPERTY, wanted, (shared, mine) -> isStillAhead(shared, mine, now) ? shared : mine);
        return Long.parseLong(agreed.toString());
    }

    private static boolean isStillAhead(Object shared, Object mine, long now) {
        long deadline = Long.parseLong(shared.toString());
        return deadline - now > 0 && deadline - Long.parseLong(mine.toString()) < 0;
    }
}
