package io.goose.broker.redis;

import io.goose.broker.redis.StoredJobs.Entry;
import java.util.Arrays;
import java.util.List;
import redis.clients.jedis.Protocol.Command;

/** Reads which jobs wait under keys: a sorted set of entries that end with the id. Thread-safe. */
final class KeyedJobs {

    /** What stands between the class of a job and its id: a zero, the lane, and the place in it. */
    private static final int BETWEEN = 18;

    private final Exchange exchange;

    KeyedJobs(Exchange exchange) {
        this.exchange = exchange;
    }

    /**
     * Adds entries, one key after the other and each in its order.
     *
     * @param offset how many to skip
     * @param most how many there are to be in all
     */
    void add(QueueKeys keys, int offset, int most, List<Entry> found) {
        int wanted = most - found.size();
        if (wanted <= 0) {
            return;
        }
        int from = Math.max(0, offset);
        Call call = Call.command(
                keys.route(),
                Command.ZRANGE,
                keys.key("keyed"),
                QueueKeys.bytes(from),
                QueueKeys.bytes((long) from + wanted - 1));
        exchange.run("look at queue '" + keys.queue + "'", call).list().forEach(entry -> {
            byte[] bytes = (byte[]) entry;
            found.add(new Entry(Arrays.copyOfRange(bytes, idAt(bytes), bytes.length), null));
        });
    }

    /** An entry begins with the lengths of handler and key, each followed by a colon. */
    private static int idAt(byte[] entry) {
        int at = 0;
        int length = 0;
        for (int colons = 0; colons < 2; colons++) {
            int number = 0;
            for (; entry[at] != ':'; at++) {
                number = 10 * number + entry[at] - '0';
            }
            at++;
            length += number;
        }
        return at + length + BETWEEN;
    }
}
