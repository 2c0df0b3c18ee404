package io.goose.engine.observe;

import java.time.Duration;

/**
 * A claim that was answered.
 *
 * @param broker where
 * @param queue of which
 * @param jobs how many were leased, perhaps none
 * @param took how long it took
 */
public record Claimed(String broker, String queue, int jobs, Duration took) {}
