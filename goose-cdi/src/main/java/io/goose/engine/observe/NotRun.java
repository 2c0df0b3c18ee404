package io.goose.engine.observe;

import io.goose.spi.Lease;
import org.jspecify.annotations.Nullable;

/**
 * A leased job that was not begun.
 *
 * @param broker where it was leased
 * @param lease the right to run it
 * @param handler what should have run it, which this application need not know; null if the job cannot be read
 * @param ending what comes of it
 */
public record NotRun(String broker, Lease lease, @Nullable String handler, Ending ending) {}
