package io.goose.engine.batch;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import java.util.Optional;

/** Finds what begins workflows and stands for batches. */
final class OwnJobs {

    private OwnJobs() {}

    /**
     * The job with this id. Where a ledger guards for a transport that cannot tell who waits, it is empty of one that has no row
     * there, and has ended: each of our own jobs has a row until then.
     */
    static Optional<StoredJob> find(Broker broker, String queue, JobId id) {
        try {
            return broker.find(queue, id);
        } catch (UnsupportedCapabilityException untold) {
            if (broker.capabilities().contains(Capability.WAITING_FIND)) {
                throw untold;
            }
            return Optional.empty();
        }
    }
}
