package io.goose.broker.redis;

import io.goose.spi.BrokerSettings;
import java.time.Duration;
import java.util.Collection;

/**
 * What the parts of one ledger share.
 *
 * @param settings the broker's, for retention
 * @param registry of the queues of this ledger alone
 * @param patience how long a call of a producer is repeated that was not answered
 */
record GuardParts(
        BrokerSettings settings,
        Exchange exchange,
        Registry registry,
        Records records,
        Eviction eviction,
        Duration patience) {

    /** Sees to it that queues are known before something is written for them. */
    void require(Collection<String> queues) {
        RedisFault fault = registry.note(queues);
        if (fault != null) {
            throw exchange.exception("note queues of the ledger", fault);
        }
    }
}
