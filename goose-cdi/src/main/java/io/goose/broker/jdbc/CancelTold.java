package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.job.JobId;
import io.goose.spi.CancelListener;
import java.util.List;

/** Tells the worker of a session which of its leases are to be cancelled. Thread-safe. */
final class CancelTold {

    private final Cancels cancels;
    private volatile CancelListener listener = (id, token) -> {};

    CancelTold(Cancels cancels) {
        this.cancels = cancels;
    }

    void listen(CancelListener worker) {
        listener = worker;
    }

    void tell(JobId id, long token) {
        listener.cancelled(id, token);
    }

    void missed() {
        listener.missed();
    }

    /** Tells of all that a beat found, and sees to it that what is over is forgotten. */
    void tell(Standing standing, List<Cancels.Noted> found) throws Unfinished {
        found.forEach(one -> tell(one.id(), one.token()));
        cancels.forget(
                found.stream().filter(one -> !standing.holds(one.token())).toList());
    }
}
