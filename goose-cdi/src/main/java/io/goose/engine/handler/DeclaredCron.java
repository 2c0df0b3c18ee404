package io.goose.engine.handler;

import io.goose.CronEntry;
import java.util.Objects;

/**
 * An entry that an annotation declares.
 *
 * @param entry when it runs
 * @param broker the broker that keeps it; empty for the default one
 * @param job the name of the job
 * @param where the bean and method, for messages
 */
public record DeclaredCron(CronEntry entry, String broker, String job, String where) {
    public DeclaredCron {
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(broker, "broker");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(where, "where");
    }
}
