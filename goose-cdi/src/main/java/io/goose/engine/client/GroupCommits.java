package io.goose.engine.client;

import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A {@link GroupCommit} for each queue of a broker, so that a queue whose server is away, for example the node of its slots,
 * holds up nobody who enqueues to another.
 *
 * <p>Thread-safe.
 */
final class GroupCommits {

    private final Transport transport;
    private final int concurrency;
    private final Map<String, GroupCommit> byQueue = new ConcurrentHashMap<>();

    /**
     * @param concurrency how many callers may send to one queue at the same time
     */
    GroupCommits(Transport transport, int concurrency) {
        this.transport = transport;
        this.concurrency = concurrency;
    }

    /** As {@link GroupCommit#send}, with the others that enqueue to the same queue. */
    SendResult send(QueuedJob job) {
        return byQueue.computeIfAbsent(job.queue(), queue -> new GroupCommit(transport, concurrency))
                .send(job);
    }
}
