package io.goose.event;

import java.time.Duration;

/**
 * The workers of this server can reach a broker again. Immutable.
 *
 * @param broker which
 * @param after how long they could not
 * @since 0.1
 */
public record BrokerRegained(String broker, Duration after) {}
