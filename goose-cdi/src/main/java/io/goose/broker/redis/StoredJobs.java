package io.goose.broker.redis;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.Lane;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** Reads jobs whose ids were found in a place. Thread-safe. */
final class StoredJobs {

    private static final int CHUNK = 100;

    private final Exchange exchange;
    private final Records records;

    StoredJobs(Exchange exchange, Records records) {
        this.exchange = exchange;
        this.records = records;
    }

    /** An id in a list or sorted set, and its score there. */
    static final class Entry {
        private final byte[] id;
        private final byte @Nullable [] score;

        Entry(byte[] id, byte @Nullable [] score) {
            this.id = id;
            this.score = score;
        }
    }

    /** The sizes that a script tells, and last whether the queue is paused. */
    QueueStats stats(QueueKeys keys, Call call) {
        List<Object> reply =
                exchange.run("look at queue '" + keys.queue + "'", call).list();
        return new QueueStats(
                keys.queue,
                (Long) reply.get(0),
                (Long) reply.get(1),
                (Long) reply.get(2),
                (Long) reply.get(3),
                (Long) reply.get(4),
                Long.valueOf(1).equals(reply.get(5)));
    }

    /** Some of a sorted set, from the highest score down. */
    List<Entry> newestFirst(QueueKeys keys, String key, int offset, int limit) {
        return range(Command.ZREVRANGE, keys, key, offset, limit);
    }

    /** Some of a sorted set, from the lowest score up. */
    List<Entry> inOrder(QueueKeys keys, String key, int offset, int limit) {
        return range(Command.ZRANGE, keys, key, offset, limit);
    }

    private List<Entry> range(Command command, QueueKeys keys, String key, int offset, int limit) {
        Call call = Call.command(
                keys.route(),
                command,
                keys.key(key),
                QueueKeys.bytes(offset),
                QueueKeys.bytes((long) offset + limit - 1),
                QueueKeys.bytes("WITHSCORES"));
        List<Object> pairs =
                exchange.run("look at queue '" + keys.queue + "'", call).list();
        List<Entry> entries = new ArrayList<>(pairs.size() / 2);
        for (int i = 0; i < pairs.size(); i += 2) {
            entries.add(new Entry((byte[]) pairs.get(i), (byte[]) pairs.get(i + 1)));
        }
        return entries;
    }

    /** The jobs of these entries, in their order, without those that have ended meanwhile. */
    List<StoredJob> fetch(QueueKeys keys, Place place, List<Entry> entries) {
        List<StoredJob> jobs = new ArrayList<>(entries.size());
        for (int from = 0; from < entries.size(); from += CHUNK) {
            fetch(keys, place, entries.subList(from, Math.min(entries.size(), from + CHUNK)), jobs);
        }
        return List.copyOf(jobs);
    }

    private void fetch(QueueKeys keys, Place place, List<Entry> entries, List<StoredJob> into) {
        List<Answer> answers = exchange.run(
                List.of(hmget(keys, "body", entries), hmget(keys, "rec", entries), hmget(keys, "note", entries)));
        List<List<Object>> columns = new ArrayList<>();
        for (Answer answer : answers) {
            columns.add(
                    exchange.checked("list queue '" + keys.queue + "'", answer).list());
        }
        for (int i = 0; i < entries.size(); i++) {
            byte[] envelope = (byte[]) columns.get(0).get(i);
            byte[] note = (byte[]) columns.get(2).get(i);
            if (envelope == null && place != Place.PARKED) {
                continue; // it ended while we looked
            }
            into.add(job(
                    keys,
                    place,
                    entries.get(i).id,
                    envelope == null ? new byte[0] : envelope,
                    (byte[]) columns.get(1).get(i),
                    place == Place.PARKED && note != null ? Records.text(note) : null,
                    place == Place.SCHEDULED ? entries.get(i).score : null));
        }
    }

    private static Call hmget(QueueKeys keys, String key, List<Entry> entries) {
        byte[][] arguments = new byte[entries.size() + 1][];
        arguments[0] = keys.key(key);
        for (int i = 0; i < entries.size(); i++) {
            arguments[i + 1] = entries.get(i).id;
        }
        return Call.command(keys.route(), Command.HMGET, arguments);
    }

    /**
     * A job from its parts.
     *
     * @param note why it is parked; null if it is not
     * @param due the time that it waits for; null for none
     */
    @SuppressWarnings("TooManyParameters") // they are what is stored of it
    StoredJob job(
            QueueKeys keys,
            Place place,
            byte[] id,
            byte[] envelope,
            byte @Nullable [] record,
            @Nullable String note,
            byte @Nullable [] due) {
        Instant time = due == null ? null : Instant.ofEpochMilli((long) Double.parseDouble(Records.text(due)));
        String strange = StoredId.note(id);
        String said = note == null ? strange : strange == null ? note : note + "; " + strange;
        return new StoredJob(records.job(keys.queue, id, envelope, record, Lane.BACK, time), place, said);
    }
}
