package io.goose.engine.observe;

import java.time.Duration;

/**
 * Outcomes that were written together.
 *
 * @param broker where
 * @param outcomes how many
 * @param stale how many of them came too late, for their leases were lost
 * @param took how long it took
 */
public record Settled(String broker, int outcomes, int stale, Duration took) {}
