package io.goose.engine.run;

import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import java.util.Optional;
import java.util.Set;

/** Runs leased jobs on the calling thread. Thread-safe. */
public interface LeaseRunner {

    /**
     * Runs the job of {@code lease}.
     *
     * @param session that has the lease
     * @return how it ended, with what follows from that; empty if there is nothing to say any more: the lease was lost meanwhile,
     *     or the job was completed in its transaction
     */
    Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session);

    /** The queues of jobs that must not be leased ahead. */
    Set<String> unbufferedQueues();
}
