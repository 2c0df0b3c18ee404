package io.goose.event;

/**
 * The workers of this server cannot reach a broker any more; told once, when that begins. Immutable.
 *
 * @param broker which
 * @param cause why
 * @since 0.1
 */
public record BrokerLost(String broker, Throwable cause) {}
