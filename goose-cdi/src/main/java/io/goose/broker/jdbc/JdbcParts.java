package io.goose.broker.jdbc;

import io.goose.spi.Claim;
import io.goose.spi.Effect;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the sessions of a broker share.
 *
 * @param wakeups told the queue in which something became ready
 */
record JdbcParts(
        Database database,
        Rows rows,
        Sessions sessions,
        Settling settling,
        Burials burials,
        Upkeep upkeep,
        Consumer<String> wakeups,
        Notices notices,
        JoinedSettles joined,
        Cancels cancels,
        JdbcBatches batches,
        LimitedQueues limited) {

    /** Wakes whoever may lease what these settlements made ready. */
    void wake(List<Settlement> settlements) {
        for (Settlement settlement : settlements) {
            if (settlement.outcome() instanceof Outcome.Retry retry) {
                wakeups.accept(retry.queue());
            } else if (!(settlement.outcome() instanceof Outcome.Done)
                    || settlement.lease().suspect()) {
                wakeups.accept(settlement.lease().job().queue());
            } else {
                limited.permitBack(settlement.lease().job().queue());
            }
            for (Effect effect : settlement.effects()) {
                if (effect instanceof Effect.Enqueue enqueue) {
                    wakeups.accept(enqueue.job().queue());
                }
            }
        }
    }

    /** Tells others of what a claim left of a queue with limits because it was for more than its worker can run. */
    void handOn(String queue, Claim claim, int max) {
        if (claim.limited() && claim.more() && claim.leases().size() >= max) {
            wakeups.accept(queue);
        }
    }
}
