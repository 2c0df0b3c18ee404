package io.goose.broker.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import redis.clients.jedis.Protocol.Command;

/**
 * In which queues entries are: a hash from their names to the queue, or to the queue to which one moves, a comma, and the one from
 * which it comes. It is written before anything is written in the queue, so what it does not know there is not. Thread-safe.
 */
final class CronHomes {

    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Exchange exchange;
    private final byte[] key;
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(Set.of(), 0, false));

    /** The queues that have entries, as of a while ago. */
    private record Known(Set<String> queues, long readNanos, boolean fresh) {}

    CronHomes(Exchange exchange, byte[] key) {
        this.exchange = exchange;
        this.key = key;
    }

    /**
     * Says where an entry is, if what is said is still this.
     *
     * @param said the same as was read; empty for nothing
     * @param next what is to be said; empty for nothing
     * @return what is said then
     */
    String say(String name, String said, String next) {
        Call call = Call.script(
                Script.CRON_HOME,
                List.of(key),
                List.of(QueueKeys.bytes(name), QueueKeys.bytes(said), QueueKeys.bytes(next)));
        String now = Records.text(
                exchange.run("note cron entry '" + name + "'", call.durably()).bytes());
        known.set(new Known(Set.of(), 0, false));
        return now;
    }

    /** What is said of an entry; empty for nothing. */
    String of(String name) {
        Answer answer = exchange.run(
                "look for cron entry '" + name + "'", Call.command(key, Command.HGET, key, QueueKeys.bytes(name)));
        return answer.value() == null ? "" : Records.text(answer.bytes());
    }

    /** The queues that are meant, first the one where the entry is to be. */
    static List<String> queues(String said) {
        return said.isEmpty() ? List.of() : List.of(said.split(",", -1));
    }

    /** All entries by name, sorted. */
    Map<String, String> all() {
        List<Object> pairs = exchange.run("list the cron entries", Call.command(key, Command.HGETALL, key))
                .list();
        Map<String, String> all = new TreeMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            all.put(Records.text((byte[]) pairs.get(i)), Records.text((byte[]) pairs.get(i + 1)));
        }
        return all;
    }

    /** The queues that have entries; what others have changed within two seconds may be missing. */
    List<String> inUse() {
        Known now = Objects.requireNonNull(known.get());
        if (!now.fresh() || System.nanoTime() - now.readNanos() > AGAIN_NANOS) {
            Set<String> queues = new TreeSet<>();
            all().values().forEach(said -> queues.addAll(queues(said)));
            Known read = new Known(queues, System.nanoTime(), true);
            known.compareAndSet(now, read); // what was said while it was read may be missing there
            now = read;
        }
        return new ArrayList<>(now.queues());
    }
}
