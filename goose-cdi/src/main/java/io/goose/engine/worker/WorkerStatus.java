package io.goose.engine.worker;

import java.time.Duration;
import java.util.List;

/**
 * What is going on in a worker at one moment.
 *
 * @param session the id of its session; empty while it has none
 * @param running whether it was started and not stopped
 * @param outstanding jobs leased and not finished
 * @param unwritten outcomes decided and not written
 * @param stale outcomes that came after their lease was lost, so far
 * @param sinceLastBeat how long ago the broker last knew that it lives
 * @param stuck jobs that were found to run for suspiciously long when the heart looked last
 * @param deadLoops loops whose thread has gone
 */
public record WorkerStatus(
        String session,
        boolean running,
        int outstanding,
        int unwritten,
        long stale,
        Duration sinceLastBeat,
        int stuck,
        List<String> deadLoops) {

    public WorkerStatus {
        deadLoops = List.copyOf(deadLoops);
    }
}
