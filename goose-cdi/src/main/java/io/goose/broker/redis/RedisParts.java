package io.goose.broker.redis;

import io.goose.spi.BrokerSettings;

/**
 * What the sessions and the ledger of one broker share.
 *
 * @param settings the broker's, for names and retention
 */
record RedisParts(
        BrokerSettings settings,
        Exchange exchange,
        Registry registry,
        Records records,
        SettleCall.Writer writer,
        Effects effects,
        Eviction eviction,
        Notices notices) {}
