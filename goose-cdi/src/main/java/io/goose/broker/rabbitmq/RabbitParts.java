package io.goose.broker.rabbitmq;

import io.goose.spi.BrokerSettings;
import java.time.InstantSource;

/**
 * What the parts of a broker share.
 *
 * @param evictions who is told of dead jobs that had to go
 */
record RabbitParts(
        BrokerSettings broker,
        RabbitSettings settings,
        Connector connector,
        Link publishing,
        Link consuming,
        Names names,
        Messages messages,
        Topology topology,
        Publisher publisher,
        Sender sender,
        Walks walks,
        InstantSource clock,
        Evictions evictions) {}
