package io.goose.broker.jdbc;

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
                    || settlement.lease().suspect()
                    || limited.contains(settlement.lease().job().queue())) {
                wakeups.accept(settlement.lease().job().queue());
            }
            for (Effect effect : settlement.effects()) {
                if (effect instanceof Effect.Enqueue enqueue) {
                    wakeups.accept(enqueue.job().queue());
                }
            }
        }
    }
}
