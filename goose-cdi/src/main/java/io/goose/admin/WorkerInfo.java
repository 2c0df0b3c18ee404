package io.goose.admin;

import io.goose.job.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A worker as its broker knows it at one moment. Immutable.
 *
 * @param id its session, for people to read
 * @param host where it runs
 * @param threads how many jobs it runs at a time
 * @param queues what it serves
 * @param leased what it has leased: what it runs, and what it has fetched ahead
 * @param aliveUntil when it will count as dead if it does not beat before; each beat sets it {@code goose.worker.lease} ahead, by
 *     the broker's clock
 * @param closing whether it has ended in an orderly way, and holds what it could not give back
 * @since 0.1
 */
public record WorkerInfo(
        String id,
        String host,
        int threads,
        Set<String> queues,
        List<LeasedJob> leased,
        Instant aliveUntil,
        boolean closing) {

    /**
     * A leased job.
     *
     * @param queue its queue
     * @param id its id
     */
    public record LeasedJob(String queue, JobId id) {}

    public WorkerInfo {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(host, "host");
        queues = Set.copyOf(queues);
        leased = List.copyOf(leased);
        Objects.requireNonNull(aliveUntil, "aliveUntil");
    }
}
