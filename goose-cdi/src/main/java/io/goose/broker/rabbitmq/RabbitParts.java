package io.goose.broker.rabbitmq;

import io.goose.spi.BrokerSettings;
import java.time.InstantSource;

/** What the parts of a broker share. */
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
        InstantSource clock) {}
