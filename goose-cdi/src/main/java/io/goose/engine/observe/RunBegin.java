package io.goose.engine.observe;

import io.goose.JobRun;
import io.goose.job.Envelope;
import io.goose.spi.Lease;

/**
 * A run that begins. Compared by identity.
 *
 * @param broker where the job was leased
 * @param run as the job itself sees it
 * @param envelope what was enqueued; its arguments are nobody's business
 * @param lease the right to run it
 * @param latency how late it is
 */
public record RunBegin(String broker, JobRun run, Envelope envelope, Lease lease, Latency latency) {

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
