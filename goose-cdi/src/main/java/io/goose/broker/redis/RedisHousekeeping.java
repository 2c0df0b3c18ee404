package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.job.JobId;
import io.goose.spi.Housekeeping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** Changes many jobs: each call is one script for each part that a script may work on at once. Thread-safe. */
final class RedisHousekeeping implements Housekeeping {

    /** How often something is asked again because a session or a need came in between. */
    private static final int MOST_ROUNDS = 20;

    /** How many entries of lists a script looks through: some tens of milliseconds at most. */
    private static final byte[] MOST_ENTRIES = QueueKeys.bytes(2_000_000);

    private static final Map<Place, String> LETTERS =
            new EnumMap<>(Map.of(Place.WAITING, "W", Place.SCHEDULED, "S", Place.DEAD, "D", Place.PARKED, "P"));
    private static final Map<Place, String> SETS =
            new EnumMap<>(Map.of(Place.SCHEDULED, "due", Place.DEAD, "dead", Place.PARKED, "parked"));

    private final RedisParts parts;
    private final BiFunction<QueueKeys, JobId, byte[]> stored;
    private final RedisWorkers workers;

    /**
     * @param stored an id as it is stored
     */
    RedisHousekeeping(RedisParts parts, BiFunction<QueueKeys, JobId, byte[]> stored) {
        this.parts = parts;
        this.stored = stored;
        this.workers = new RedisWorkers(parts);
    }

    private QueueKeys keys(String queue) {
        return parts.registry().keys(QueueNames.check(queue));
    }

    private static byte[] letters(Set<Place> places) {
        return QueueKeys.bytes(places.stream()
                .map(place -> LETTERS.getOrDefault(place, ""))
                .sorted()
                .collect(Collectors.joining()));
    }

    /** The asked ids by how they are stored. */
    private Map<String, JobId> names(QueueKeys keys, List<JobId> ids) {
        Map<String, JobId> names = new HashMap<>();
        ids.forEach(id -> names.put(Records.text(stored.apply(keys, id)), id));
        return names;
    }

    private static void collect(Object reply, Map<String, JobId> names, List<JobId> into) {
        ((List<?>) reply).forEach(name -> {
            JobId id = names.get(Records.text((byte[]) name));
            into.add(id == null ? StoredId.of((byte[]) name) : id);
        });
    }

    private Object run(String what, Script script, QueueKeys keys, List<byte[]> more, List<byte[]> arguments) {
        Call call = Call.script(script, keys, keys.of(script, more), arguments);
        return parts.exchange().run(what, call.once()).list();
    }

    private RuntimeException restless(String what) {
        return parts.exchange()
                .exception(
                        what,
                        new RedisFault(RedisFault.Kind.NOT_NOW, "sessions or needs come and go all the time", null));
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        String what = "delete jobs of queue '" + queue + "'";
        QueueKeys keys = keys(queue);
        Map<String, JobId> names = names(keys, ids);
        List<JobId> deleted = new ArrayList<>();
        List<byte[]> left = names.keySet().stream().map(QueueKeys::bytes).toList();
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            List<byte[]> sessions = places.contains(Place.WAITING) ? RedisWorkers.sessions(parts, keys) : List.of();
            List<byte[]> arguments = new ArrayList<>(List.of(letters(places), QueueKeys.bytes(left.size())));
            arguments.addAll(left);
            arguments.addAll(sessions);
            List<byte[]> leases = sessions.stream()
                    .map(session -> keys.lease(Records.text(session)))
                    .toList();
            List<?> reply = (List<?>) run(what, Script.HOUSE_DELETE, keys, leases, arguments);
            collect(reply.get(0), names, deleted);
            parts.effects().deliver(keys, (List<?>) reply.get(2));
            left = ((List<?>) reply.get(1)).stream().map(id -> (byte[]) id).toList();
            if (left.isEmpty()) {
                return Housekeeping.inOrder(ids, deleted);
            } // else a session came in between, and the jobs may be some of its own
        }
        throw restless(what);
    }

    /** The lanes of needs that have jobs, and their names. */
    private record Lanes(List<byte[]> keys, List<byte[]> needs) {
        static final Lanes NONE = new Lanes(List.of(), List.of());

        static Lanes of(QueueKeys keys, Object needs) {
            List<byte[]> lanes = new ArrayList<>();
            List<byte[]> names = new ArrayList<>();
            for (Object need : (List<?>) needs) {
                lanes.add(keys.lane(Records.text((byte[]) need)));
                lanes.add(keys.suspectLane(Records.text((byte[]) need)));
                names.add((byte[]) need);
            }
            return new Lanes(lanes, names);
        }
    }

    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        String what = "prioritise jobs of queue '" + queue + "'";
        QueueKeys keys = keys(queue);
        Map<String, JobId> names = names(keys, ids);
        List<byte[]> left = new ArrayList<>();
        ids.stream().distinct().forEach(id -> left.add(stored.apply(keys, id)));
        Collections.reverse(left);
        List<JobId> moved = new ArrayList<>();
        Lanes lanes = Lanes.NONE;
        int dealt = 0;
        int futile = 0;
        while (dealt < left.size() && futile < MOST_ROUNDS) {
            List<byte[]> arguments = new ArrayList<>(List.of(
                    QueueKeys.bytes(parts.registry().wakePrefix()),
                    keys.queueBytes,
                    letters(places),
                    MOST_ENTRIES,
                    QueueKeys.bytes(lanes.needs().size())));
            arguments.addAll(lanes.needs());
            arguments.addAll(left.subList(dealt, left.size()));
            List<?> reply = (List<?>) run(what, Script.HOUSE_PRIORITISE, keys, lanes.keys(), arguments);
            collect(reply.get(0), names, moved);
            int now = ((Long) reply.get(1)).intValue();
            dealt += now;
            if (now == 0) {
                lanes = Lanes.of(keys, reply.get(2));
                futile++;
            }
        }
        if (dealt < left.size()) {
            throw restless(what);
        }
        return Housekeeping.inOrder(ids, moved);
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        QueueKeys keys = keys(queue);
        Map<String, JobId> names = names(keys, ids);
        List<byte[]> arguments = new ArrayList<>(
                List.of(QueueKeys.bytes(parts.registry().wakePrefix()), keys.queueBytes, letters(places)));
        ids.stream().distinct().forEach(id -> arguments.add(stored.apply(keys, id)));
        List<JobId> moved = new ArrayList<>();
        List<?> reply =
                (List<?>) run("replay jobs of queue '" + queue + "'", Script.HOUSE_REPLAY, keys, List.of(), arguments);
        collect(reply.get(0), names, moved);
        parts.effects().deliver(keys, (List<?>) reply.get(1));
        return moved;
    }

    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        QueueKeys keys = keys(queue);
        Call call = Call.command(
                keys.route(),
                Command.ZRANGE,
                keys.key(SETS.getOrDefault(place, "dead")),
                QueueKeys.bytes(0),
                QueueKeys.bytes(most - 1));
        return parts.exchange().run("look at queue '" + queue + "'", call).list().stream()
                .map(id -> StoredId.of((byte[]) id))
                .toList();
    }

    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        String what = "purge queue '" + queue + "'";
        QueueKeys keys = keys(queue);
        byte[] score = until == null ? QueueKeys.bytes("") : QueueKeys.bytes(until.toEpochMilli());
        List<JobId> gone = new ArrayList<>();
        Lanes lanes = Lanes.NONE;
        boolean more = true;
        for (int futile = 0; gone.isEmpty() && more; ) { // what is passed over is none
            List<byte[]> arguments = new ArrayList<>(List.of(
                    letters(Set.of(place)),
                    QueueKeys.bytes(most),
                    score,
                    QueueKeys.bytes(lanes.needs().size())));
            arguments.addAll(lanes.needs());
            List<?> reply = (List<?>) run(what, Script.HOUSE_PURGE, keys, lanes.keys(), arguments);
            collect(reply.get(0), Map.of(), gone);
            parts.effects().deliver(keys, (List<?>) reply.get(3));
            more = Long.valueOf(1).equals(reply.get(1));
            if (!((List<?>) reply.get(2)).isEmpty()) {
                lanes = Lanes.of(keys, reply.get(2));
                if (++futile > MOST_ROUNDS) {
                    throw restless(what);
                }
            }
        }
        return List.copyOf(gone);
    }

    @Override
    public List<WorkerInfo> workers() {
        return workers.list();
    }
}
