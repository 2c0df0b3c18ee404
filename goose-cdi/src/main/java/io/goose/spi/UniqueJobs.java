package io.goose.spi;

import io.goose.UnsupportedCapabilityException;
import io.goose.job.QueuedJob;
import java.util.Collection;

/**
 * For transports that cannot keep unique keys. Stateless.
 *
 * @since 0.1
 */
public final class UniqueJobs {

    private UniqueJobs() {}

    /**
     * Refuses jobs of which one has a unique key.
     *
     * @param where the transport, as it describes itself
     * @throws UnsupportedCapabilityException if there is one
     */
    public static void mustBeNone(Collection<QueuedJob> jobs, String where) {
        for (QueuedJob job : jobs) {
            if (job.unique() != null) {
                throw new UnsupportedCapabilityException("GOOSE-3140: job " + job.id() + " for queue '" + job.queue()
                        + "' is to be unique, but " + where
                        + " cannot keep it so (UNIQUE); use Redis or JDBC, or give a"
                        + " message broker such a ledger by goose.broker.<name>.ledger");
            }
        }
    }
}
