package io.goose.engine.worker;

/** How far a worker is in its life. Only ever goes forward. */
final class WorkerState {

    enum Phase {
        RUNNING,
        /** No more leases; running jobs go on. */
        DRAINING,
        /** Only outcomes are still written. */
        FLUSHING,
        STOPPED
    }

    private volatile Phase phase = Phase.RUNNING;

    Phase phase() {
        return phase;
    }

    synchronized void advance(Phase next) {
        if (next.compareTo(phase) > 0) {
            phase = next;
        }
    }

    boolean isStopping() {
        return phase != Phase.RUNNING;
    }
}
