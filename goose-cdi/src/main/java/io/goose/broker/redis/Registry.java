package io.goose.broker.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * The names of all queues, in a set of the server. A name is there before anything is written for the queue, and is written
 * again while the queue is used, so that it comes back after a server has lost it. Thread-safe.
 */
final class Registry {

    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Exchange exchange;
    private final String namespace;
    private final byte[] key;
    private final Map<String, QueueKeys> keys = new ConcurrentHashMap<>();
    private final Map<String, Long> written = new ConcurrentHashMap<>();

    Registry(Exchange exchange, String namespace) {
        this.exchange = exchange;
        this.namespace = namespace;
        this.key = QueueKeys.bytes(namespace + ":queues");
    }

    /** Where it is said in which queue each recurring job is. */
    byte[] cronHomes() {
        return QueueKeys.bytes(namespace + ":cron");
    }

    /** Where it is said with which queue each batch is kept. */
    byte[] batches() {
        return QueueKeys.bytes(namespace + ":batches");
    }

    /** Which branches of distributed transactions are prepared. */
    byte[] branches() {
        return QueueKeys.bytes(namespace + ":xa");
    }

    /** Which jobs of a transport are to be cancelled that its sessions have or get; of a ledger only. */
    byte[] asked() {
        return QueueKeys.bytes(namespace + ":asked");
    }

    /** The prefix of the channels on which sessions are woken. */
    String wakePrefix() {
        return namespace + ":wake:";
    }

    QueueKeys keys(String queue) {
        return keys.computeIfAbsent(queue, name -> new QueueKeys(namespace, name));
    }

    /** Sees to it that the queues are known; what failed, or null. */
    @Nullable RedisFault note(Collection<String> queues) {
        long now = System.nanoTime();
        List<String> due = new ArrayList<>();
        for (String queue : queues) {
            Long last = written.get(queue);
            if (last == null || now - last > AGAIN_NANOS) {
                due.add(queue);
            }
        }
        if (due.isEmpty()) {
            return null;
        }
        exchange.topology().review(); // whoever only sends looks for another primary here
        List<byte[]> names = due.stream().map(QueueKeys::bytes).toList();
        RedisFault fault = exchange.run(List.of(Call.script(Script.NOTE, List.of(key), names)))
                .get(0)
                .fault();
        if (fault == null) {
            due.forEach(queue -> written.put(queue, now));
        }
        // One that was written before is only refreshed: what comes next will tell what is wrong, and may be repeated.
        return fault != null && written.keySet().containsAll(due) ? null : fault;
    }

    /** Like {@link #note}, for one queue, which must be known. */
    void require(String queue) {
        requireAll(List.of(queue));
    }

    /** Like {@link #note}, for queues that must be known. */
    void requireAll(Collection<String> queues) {
        RedisFault fault = note(queues);
        if (fault != null) {
            throw exchange.exception("note queues " + queues, fault);
        }
    }

    /** The server has lost something: all queues are written again when they are used next. */
    void doubt() {
        written.clear();
    }

    /** All queues, sorted. */
    SortedSet<String> queues() {
        SortedSet<String> queues = new TreeSet<>();
        for (Object name : exchange.run("list the queues", Call.command(key, Command.SMEMBERS, key))
                .list()) {
            queues.add(new String((byte[]) name, StandardCharsets.UTF_8));
        }
        return queues;
    }
}
