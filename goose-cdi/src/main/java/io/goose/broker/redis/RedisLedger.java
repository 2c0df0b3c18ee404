package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.redis.StoredJobs.Entry;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.spi.Housekeeping;
import io.goose.spi.Ledger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import redis.clients.jedis.Protocol.Command;

/** Looks at what is stored and changes it. Thread-safe. */
final class RedisLedger implements Ledger {

    private static final int PAGE = 500;
    private static final int MOST_ROUNDS = 20;

    private final RedisParts parts;
    private final StoredJobs stored;
    private final Housekeeping housekeeping;
    private final KeyedJobs keyed;

    RedisLedger(RedisParts parts) {
        this.parts = parts;
        this.stored = new StoredJobs(parts.exchange(), parts.records());
        this.keyed = new KeyedJobs(parts.exchange());
        this.housekeeping = new RedisHousekeeping(parts, this::stored);
    }

    private QueueKeys keys(String queue) {
        return parts.registry().keys(QueueNames.check(queue));
    }

    private List<byte[]> leases(QueueKeys keys) {
        return leases(keys, RedisWorkers.sessions(parts, keys));
    }

    private static List<byte[]> leases(QueueKeys keys, List<byte[]> sessions) {
        return sessions.stream()
                .map(session -> keys.lease(Records.text(session)))
                .toList();
    }

    private List<Object> command(QueueKeys keys, Command command, byte[]... arguments) {
        return parts.exchange()
                .run("look at queue '" + keys.queue + "'", Call.command(keys.route(), command, arguments))
                .list();
    }

    @Override
    public QueueStats stats(String queue) {
        QueueKeys keys = keys(queue);
        Call call = Call.script(Script.STATS, keys, keys.of(Script.STATS, leases(keys)), List.of());
        return stored.stats(keys, call);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        QueueKeys keys = keys(queue);
        byte[] name = stored(keys, id);
        Call call = Call.script(Script.FIND, keys, keys.of(Script.FIND, leases(keys)), List.of(name));
        List<Object> reply = parts.exchange().run("find job " + id, call).list();
        if (reply.isEmpty()) {
            return Optional.empty();
        }
        Place place =
                switch (Records.text((byte[]) reply.get(0))) {
                    case "R" -> Place.RUNNING;
                    case "S" -> Place.SCHEDULED;
                    case "D" -> Place.DEAD;
                    case "P" -> Place.PARKED;
                    default -> Place.WAITING;
                };
        byte[] time = place == Place.SCHEDULED ? (byte[]) reply.get(4) : null;
        return Optional.of(stored.job(
                keys,
                place,
                name,
                (byte[]) reply.get(1),
                (byte[]) reply.get(2),
                place == Place.PARKED ? Records.text((byte[]) reply.get(3)) : null,
                time));
    }

    /** The id as it is stored. What a substitute stands for is searched among what does not run. */
    private byte[] stored(QueueKeys keys, JobId id) {
        if (StoredId.isSubstitute(id)) {
            for (String place : List.of("parked", "due", "dead")) {
                byte[] key = keys.key(place);
                List<Object> page = page(keys, key, 0);
                for (long from = page.size(); !page.isEmpty(); from += page.size()) {
                    for (Object one : page) {
                        if (StoredId.of((byte[]) one).equals(id)) {
                            return (byte[]) one;
                        }
                    }
                    page = page(keys, key, from);
                }
            }
        }
        return QueueKeys.bytes(id.value());
    }

    private List<Object> page(QueueKeys keys, byte[] key, long from) {
        return command(keys, Command.ZRANGE, key, QueueKeys.bytes(from), QueueKeys.bytes(from + PAGE - 1));
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        QueueKeys keys = keys(queue);
        List<Entry> entries =
                switch (place) {
                    case WAITING -> waiting(keys, offset, limit);
                    case RUNNING -> running(keys, offset, limit);
                    case SCHEDULED -> stored.inOrder(keys, "due", offset, limit);
                    case DEAD -> stored.newestFirst(keys, "dead", offset, limit);
                    case PARKED -> stored.newestFirst(keys, "parked", offset, limit);
                };
        return stored.fetch(keys, place, entries);
    }

    private List<Entry> running(QueueKeys keys, int offset, int limit) {
        List<Map.Entry<Long, Entry>> all = new ArrayList<>();
        for (byte[] lease : leases(keys)) {
            List<Object> pairs = command(keys, Command.HGETALL, lease);
            for (int i = 0; i < pairs.size(); i += 2) {
                byte[] value = (byte[]) pairs.get(i + 1);
                String token = new String(value, 0, value.length - 1, StandardCharsets.US_ASCII);
                all.add(Map.entry(Long.parseLong(token), new Entry((byte[]) pairs.get(i), null)));
            }
        }
        return all.stream()
                .sorted(Map.Entry.comparingByKey())
                .skip(offset)
                .limit(limit)
                .map(Map.Entry::getValue)
                .toList();
    }

    /** Suspects, jobs for certain sessions, front, back; each list from its right end; then what waits under keys. */
    private List<Entry> waiting(QueueKeys keys, int offset, int limit) {
        List<byte[]> lists = new ArrayList<>();
        lists.add(keys.key("suspect"));
        for (Object need : command(keys, Command.HKEYS, keys.key("needs"))) {
            lists.add(keys.suspectLane(Records.text((byte[]) need)));
            lists.add(keys.lane(Records.text((byte[]) need)));
        }
        lists.add(keys.key("front"));
        lists.add(keys.key("back"));
        Map<String, Integer> skips = new HashMap<>();
        List<Entry> found = new ArrayList<>(limit);
        int skipped = 0;
        for (byte[] list : lists) {
            for (long end = -1; found.size() < limit; end -= 500) {
                List<Object> ids =
                        command(keys, Command.LRANGE, list, QueueKeys.bytes(end - 499), QueueKeys.bytes(end));
                readSkips(keys, ids, skips);
                for (int i = ids.size() - 1; i >= 0 && found.size() < limit; i--) {
                    byte[] id = (byte[]) ids.get(i);
                    // Entries of deleted jobs are passed over, as a claim does.
                    boolean live = skips.merge(Records.text(id), -1, Integer::sum) < 0;
                    if (live && skipped++ >= offset) {
                        found.add(new Entry(id, null));
                    }
                }
                if (ids.size() < 500) {
                    break;
                }
            }
        }
        keyed.add(keys, offset - skipped, limit, found);
        return found;
    }

    /** How many entries of these ids are to be passed over; an id that was seen before keeps what is left of it. */
    private void readSkips(QueueKeys keys, List<Object> ids, Map<String, Integer> skips) {
        if (ids.isEmpty()) {
            return;
        }
        byte[][] arguments = new byte[ids.size() + 1][];
        arguments[0] = keys.key("stale");
        for (int i = 0; i < ids.size(); i++) {
            arguments[i + 1] = (byte[]) ids.get(i);
        }
        List<Object> times = command(keys, Command.HMGET, arguments);
        for (int i = 0; i < ids.size(); i++) {
            byte[] count = (byte[]) times.get(i);
            skips.putIfAbsent(
                    Records.text((byte[]) ids.get(i)), count == null ? 0 : Integer.parseInt(Records.text(count)));
        }
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    @Override
    public CancelResult cancel(String queue, JobId id) {
        QueueKeys keys = keys(queue);
        String what = "cancel job " + id;
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            List<byte[]> sessions = RedisWorkers.sessions(parts, keys);
            List<byte[]> arguments = new ArrayList<>(
                    List.of(stored(keys, id), QueueKeys.bytes(parts.registry().wakePrefix())));
            arguments.addAll(sessions);
            Call call = Call.script(Script.CANCEL, keys, keys.of(Script.CANCEL, leases(keys, sessions)), arguments);
            Object value = parts.exchange().run(what, call.once()).value();
            if (value instanceof byte[] mark) {
                parts.effects().deliver(keys, List.of(mark));
                return CancelResult.REMOVED;
            }
            int answer = ((Long) Objects.requireNonNull(value, "value")).intValue();
            if (answer >= 0) {
                return answer == 1 ? CancelResult.REMOVED : answer == 2 ? CancelResult.ASKED : CancelResult.NOT_FOUND;
            } // else a session came in between, and the job may be one of its own
        }
        throw parts.exchange()
                .exception(what, new RedisFault(RedisFault.Kind.NOT_NOW, "sessions come and go all the time", null));
    }

    /** Pauses or resumes leasing. */
    void pause(String queue, boolean paused) {
        QueueKeys keys = keys(queue);
        parts.registry().require(queue);
        Call call = Call.script(
                Script.PAUSE,
                keys,
                keys.of(Script.PAUSE),
                List.of(
                        QueueKeys.bytes(paused ? 1 : 0),
                        QueueKeys.bytes(parts.registry().wakePrefix()),
                        keys.queueBytes));
        parts.exchange().run((paused ? "pause" : "resume") + " queue '" + queue + "'", call);
    }
}
