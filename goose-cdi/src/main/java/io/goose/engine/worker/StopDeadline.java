package io.goose.engine.worker;

import java.time.Duration;
import java.util.Properties;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One deadline for all engines of a JVM that stop together: the modules of an application stop one after another, and a
 * server or an orchestrator waits for all of them only once.
 *
 * <p>A stop joins the deadline of the one before it while that is under way and for one second after its end; a later one,
 * as after a redeployment, has its own. The engines are in class loaders of their own, so what they share is a system
 * property. Thread-safe; every {@link #begin} needs one {@link #end}.
 */
public final class StopDeadline {

    // Not under goose.: what is there is taken for configuration.
    private static final String PROPERTY = "io.goose.stop-deadline";
    private static final long TOGETHER_NANOS = 1_000_000_000L;

    private final Properties shared;
    private final LongSupplier nanos;

    /**
     * @param shared where engines of all class loaders find each other
     * @param nanos elapsed time, as {@link System#nanoTime}
     */
    StopDeadline(Properties shared, LongSupplier nanos) {
        this.shared = shared;
        this.nanos = nanos;
    }

    /** The deadline that the engines of this JVM share. */
    public static StopDeadline ofJvm() {
        return new StopDeadline(System.getProperties(), System::nanoTime);
    }

    /**
     * Begins a stop that would like {@code grace}.
     *
     * @return its deadline, in the time of {@link System#nanoTime}; it may be past
     */
    public long begin(Duration grace) {
        long now = nanos.getAsLong();
        long wanted = now + grace.toNanos();
        Stops stops = update(before -> before == null || !before.joinedAt(now)
                ? new Stops(wanted, 1, now)
                : new Stops(before.deadline, before.running + 1, now));
        return stops.deadline - wanted < 0 ? stops.deadline : wanted;
    }

    /** Ends a stop that was begun. */
    public void end() {
        long now = nanos.getAsLong();
        update(before -> before == null ? null : new Stops(before.deadline, Math.max(0, before.running - 1), now));
    }

    // Atomic across all copies of this class: the properties are the JDK's.
    private Stops update(UnaryOperator<@Nullable Stops> change) {
        Object text = shared.compute(PROPERTY, (key, value) -> {
            Stops after = change.apply(value == null ? null : Stops.parse(value.toString()));
            return after == null ? null : after.toString();
        });
        return text == null ? new Stops(nanos.getAsLong(), 0, nanos.getAsLong()) : Stops.parse(text.toString());
    }

    private record Stops(long deadline, int running, long lastChange) {

        static Stops parse(String text) {
            String[] parts = text.split(",", 3);
            return new Stops(Long.parseLong(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
        }

        boolean joinedAt(long now) {
            return running > 0 || now - lastChange <= TOGETHER_NANOS;
        }

        @Override
        public String toString() {
            return deadline + "," + running + "," + lastChange;
        }
    }
}
