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
 * @param connected whether the broker answered within the time of a lease
 * @param lag how long ago the slowest loop that has rounds of its own finished one
 * @param loops how many loops it has
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
        boolean connected,
        Duration lag,
        int loops,
        List<String> deadLoops) {

    public WorkerStatus {
        deadLoops = List.copyOf(deadLoops);
    }
}
