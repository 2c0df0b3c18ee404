package io.goose.engine.run;

import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job that has been run in a transaction whose end is not known yet. Used by one thread. */
public interface TransactedRun {

    /** How the job ends if the transaction commits; empty if it must not. */
    Optional<Settlement> ifCommitted();

    /**
     * Says how the transaction ended, on the thread that ran the job and after that, once: who listens to jobs hears of it now, and the
     * job's failure is decided if there is one.
     *
     * @param why it was rolled back, as far as that is known; null otherwise
     * @return how the job ended; empty if there is nothing to say: it is not known, or the lease is not ours any more
     */
    Optional<Settlement> ended(SurroundingTransaction.End how, @Nullable String why);
}
