package io.goose;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How Goose was doing at one moment: what its health checks are made of. Asking for it costs no I/O. Immutable.
 *
 * @param phase how far the workers are in their life
 * @param started whether the application has started Goose
 * @param brokers the configured brokers by name; empty before the first use
 * @since 0.1
 */
public record GooseHealth(Phase phase, boolean started, Map<String, OfBroker> brokers) {

    /** How far the workers are in their life. */
    public enum Phase {
        /** They were not started yet, or were stopped by hand and may be started again. */
        IDLE,
        /** They work; also where an application only enqueues. */
        RUNNING,
        /** They are being stopped: they are told to lease no more after this phase has begun. */
        STOPPING,
        /** They were stopped for good. */
        STOPPED
    }

    /**
     * One broker. What is said of a worker is empty or zero where none runs on it: such a broker is only called when something
     * is enqueued, so nothing is known of it in between.
     *
     * @param works whether a worker runs on it
     * @param connectedOnce whether the worker has reached the broker since it started
     * @param connected whether the broker has answered the worker within the time of a lease
     * @param sinceLastBeat how long ago the broker last answered the worker's heartbeat; before it ever did, since the worker
     *     was made
     * @param lag how long ago the slowest of the worker's own loops last finished a round: seconds at most while all is well
     * @param ledgerLag for how long something has been due in the ledger without a moment in which the transport had all of it; zero where
     *     there is no ledger
     * @param loops how many loops the worker has, the threads of jobs included
     * @param deadLoops the names of those whose threads have gone although nobody stopped them
     * @param inProgress jobs leased and not finished
     * @param unwritten outcomes decided and not yet written to the broker
     */
    public record OfBroker(
            boolean works,
            boolean connectedOnce,
            boolean connected,
            Duration sinceLastBeat,
            Duration lag,
            Duration ledgerLag,
            int loops,
            List<String> deadLoops,
            int inProgress,
            int unwritten) {

        /** A broker on which no worker runs. */
        public static final OfBroker IDLE =
                new OfBroker(false, false, false, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, List.of(), 0, 0);

        public OfBroker {
            Objects.requireNonNull(sinceLastBeat, "sinceLastBeat");
            Objects.requireNonNull(lag, "lag");
            Objects.requireNonNull(ledgerLag, "ledgerLag");
            deadLoops = List.copyOf(deadLoops);
        }
    }

    public GooseHealth {
        Objects.requireNonNull(phase, "phase");
        brokers = Collections.unmodifiableMap(new TreeMap<>(brokers));
    }

    /** Whether no loop has died. A dead loop does not come back: only a restart of the application mends it. */
    public boolean isLive() {
        return brokers.values().stream().allMatch(broker -> broker.deadLoops().isEmpty());
    }

    /** Whether the application should be sent work: not while the workers stop. An outage of a broker does not count. */
    public boolean isReady() {
        return phase == Phase.IDLE || phase == Phase.RUNNING;
    }

    /**
     * The same, counting outages.
     *
     * @param longest how long a broker may have been silent to a worker. One that is well is heard of once in each heartbeat
     *     ({@code goose.worker.heartbeat}), so less than two of these calls an outage what is none
     */
    public boolean isReady(Duration longest) {
        return isReady()
                && brokers.values().stream()
                        .noneMatch(broker ->
                                broker.works() && broker.sinceLastBeat().compareTo(longest) > 0);
    }

    /** Whether the application has started Goose, and each worker that runs has reached its broker once. */
    public boolean isStarted() {
        return started && brokers.values().stream().allMatch(broker -> !broker.works() || broker.connectedOnce());
    }
}
