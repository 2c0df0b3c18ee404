package io.goose.broker.redis;

import io.goose.job.BatchId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import redis.clients.jedis.Protocol.Command;

/**
 * Where batches are: each is kept with the queue of its callbacks, and a set over all queues has its id and that queue, in the order of the
 * ids and so of their times. Thread-safe.
 */
final class BatchKeys {

    /** Of so many batches it is remembered here where they are. */
    private static final int MOST_KNOWN = 10_000;

    private final Exchange exchange;
    private final Registry registry;
    private final Map<BatchId, String> known = new ConcurrentHashMap<>();

    BatchKeys(Exchange exchange, Registry registry) {
        this.exchange = exchange;
        this.registry = registry;
    }

    Exchange exchange() {
        return exchange;
    }

    Registry registry() {
        return registry;
    }

    /** The keys of one batch in the slot of its queue. */
    static List<byte[]> of(QueueKeys home, BatchId id) {
        return List.of(home.key("b:" + id.value()), home.key("bm:" + id.value()));
    }

    private static byte[] entry(BatchId id, String queue) {
        return QueueKeys.bytes(id.value() + " " + queue);
    }

    /** Notes where a batch is; done before it is made. */
    Call note(BatchId id, String queue) {
        return Call.command(registry.batches(), Command.ZADD, registry.batches(), QueueKeys.bytes(0), entry(id, queue));
    }

    /** Forgets where a batch was. */
    Call forget(BatchId id, String queue) {
        known.remove(id);
        return Call.command(registry.batches(), Command.ZREM, registry.batches(), entry(id, queue));
    }

    /** The queue with which a batch is kept; empty if it is unknown. */
    Optional<QueueKeys> home(BatchId id) throws RedisFault {
        String before = known.get(id);
        if (before != null) {
            return Optional.of(registry.keys(before));
        }
        Answer answer = exchange.run(List.of(Call.command(
                        registry.batches(),
                        Command.ZRANGEBYLEX,
                        registry.batches(),
                        QueueKeys.bytes("[" + id.value() + " "),
                        QueueKeys.bytes("(" + id.value() + "!"))))
                .get(0);
        RedisFault fault = answer.fault();
        if (fault != null) {
            throw fault;
        }
        if (answer.list().isEmpty()) {
            return Optional.empty();
        }
        String queue = Entry.of(answer.list().get(0)).queue();
        if (known.size() >= MOST_KNOWN) {
            known.clear();
        }
        known.put(id, queue);
        return Optional.of(registry.keys(queue));
    }

    /** A batch and the queue with which it is kept. */
    record Entry(BatchId id, String queue) {
        static Entry of(Object stored) {
            String text = new String((byte[]) stored, StandardCharsets.UTF_8);
            int space = text.indexOf(' ');
            return new Entry(BatchId.of(text.substring(0, space)), text.substring(space + 1));
        }

        static List<Entry> all(List<Object> stored) {
            List<Entry> entries = new ArrayList<>(stored.size());
            stored.forEach(one -> entries.add(of(one)));
            return entries;
        }
    }
}
