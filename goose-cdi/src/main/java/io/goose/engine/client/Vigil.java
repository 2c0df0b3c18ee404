package io.goose.engine.client;

import io.goose.JobStatus;
import io.goose.JobStatus.State;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks that go on until a job has ended, is gone, or the time is over. Confined to one thread at a time. */
final class Vigil {

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<JobStatus> look;
    private final long begun = System.nanoTime();
    private final long mostNanos;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private boolean seen;

    Vigil(Supplier<JobStatus> look, Duration atMost) {
        this.look = look;
        this.mostNanos = TimeUnit.NANOSECONDS.convert(atMost); // at most 292 years
    }

    /** Looks; what there is to be said in the end, or null to go on. */
    @Nullable JobStatus look() {
        JobStatus now = look.get();
        boolean gone = seen && now.state() == State.UNKNOWN;
        if (now.hasEnded() || gone || leftNanos() <= 0) {
            return now;
        }
        seen |= now.state() != State.UNKNOWN;
        return null;
    }

    private long leftNanos() {
        return mostNanos - (System.nanoTime() - begun);
    }

    /** How long to wait before the next look; longer from time to time. */
    long pauseNanos() {
        long pause = Math.max(0, Math.min(leftNanos(), pauseNanos));
        pauseNanos = Math.min(LONGEST_PAUSE_NANOS, 2 * pauseNanos);
        return pause;
    }
}
