package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.job.JobId;
import io.goose.spi.CancelListener;
import java.util.List;
import java.util.function.Supplier;

/** Tells the worker of a session which of its leases are to be cancelled. Thread-safe. */
final class CancelTold {

    private final Cancels cancels;
    private final Supplier<Standing> present;
    private volatile CancelListener listener = (id, token) -> {};

    /**
     * @param present the session as it stands
     */
    CancelTold(Cancels cancels, Supplier<Standing> present) {
        this.cancels = cancels;
        this.present = present;
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

    /** Looks for what was noted; asks nothing while nothing is leased. */
    void look() {
        Standing standing = present.get();
        if (standing.holdsAny()) {
            cancels.of(standing.id()).forEach(one -> tell(one.id(), one.token()));
        }
    }

    /** Tells of all that a beat found, and sees to it that what is over is forgotten. */
    void tell(Standing standing, List<Cancels.Noted> found) throws Unfinished {
        found.forEach(one -> tell(one.id(), one.token()));
        cancels.forget(
                found.stream().filter(one -> !standing.holds(one.token())).toList());
    }
}
