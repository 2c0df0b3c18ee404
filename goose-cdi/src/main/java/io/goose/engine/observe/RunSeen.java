package io.goose.engine.observe;

import io.goose.spi.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A run that is under way and observed, or not. The job's thread only. */
public final class RunSeen {

    static final RunSeen OFF = new RunSeen(Observers.NONE, null, 0);

    private final Observers observers;
    private final @Nullable RunBegin begin; // null if nobody listens
    private final long begun;

    RunSeen(Observers observers, @Nullable RunBegin begin, long begun) {
        this.observers = observers;
        this.begin = begin;
        this.begun = begun;
    }

    /** When user code ended; meaningless if nobody listens. */
    public long bodyEnded() {
        return begin == null ? 0 : System.nanoTime();
    }

    /**
     * Tells how it ended.
     *
     * @param ended what {@link #bodyEnded} said
     * @param outcome what was decided; null if that failed, so that the job goes back
     * @param died whether the job died, whatever its outcome
     * @param lost whether its lease is another's
     * @param failure what user code threw; null if it returned
     */
    public void ended(long ended, @Nullable Outcome outcome, boolean died, boolean lost, @Nullable Throwable failure) {
        RunBegin run = begin;
        if (run == null) {
            return;
        }
        Ending ending =
                lost ? Ending.LOST : died ? Ending.DEAD : outcome == null ? Ending.RELEASED : Ending.of(outcome);
        RunEnd end = new RunEnd(run, ending, Duration.ofNanos(ended - begun), failure);
        observers.tell(each -> each.runEnded(end));
    }
}
