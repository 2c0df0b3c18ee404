package io.goose.broker.redis;

import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.EvictionListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Says what was deleted of the dead; it never happens in silence. Thread-safe. */
final class Eviction {

    private static final Logger LOG = System.getLogger(Eviction.class.getPackageName());

    private final DeadRetention retention;
    private volatile EvictionListener listener = EvictionListener.NONE;

    Eviction(DeadRetention retention) {
        this.retention = retention;
    }

    void listen(EvictionListener told) {
        listener = told;
    }

    void report(String queue, long count) {
        if (count > 0) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3002: deleted {0} dead jobs of queue ''{1}'', beyond goose.dead.max={2} or goose.dead.max-age={3}",
                    count,
                    queue,
                    retention.max(),
                    retention.maxAge());
            listener.evicted(queue, count);
        }
    }
}
