package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.job.JobId;
import io.goose.spi.Capability;
import io.goose.spi.Housekeeping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** Changes many jobs of a ledger for a transport, each call in one script. Thread-safe. */
final class GuardHousekeeping implements Housekeeping {

    /** As in the scripts: what waits is with the transport. */
    private static final Map<Place, String> LETTERS =
            new EnumMap<>(Map.of(Place.WAITING, "T", Place.SCHEDULED, "S", Place.DEAD, "D", Place.PARKED, "P"));

    private final GuardParts parts;

    GuardHousekeeping(GuardParts parts) {
        this.parts = parts;
    }

    private static byte[] letters(Set<Place> places) {
        return QueueKeys.bytes(places.stream()
                .map(place -> LETTERS.getOrDefault(place, ""))
                .sorted()
                .collect(Collectors.joining()));
    }

    private List<JobId> run(String what, Script script, String queue, List<byte[]> arguments) {
        QueueKeys keys = parts.registry().keys(QueueNames.check(queue));
        Call call = Call.script(script, keys, keys.of(script), arguments);
        return ids(parts.exchange()
                .run(what + " jobs of queue '" + queue + "'", call.once())
                .list());
    }

    private static List<JobId> ids(List<Object> stored) {
        return stored.stream().map(id -> StoredId.of((byte[]) id)).toList();
    }

    private List<JobId> change(String what, Script script, String queue, Set<Place> places, List<JobId> ids) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(letters(places));
        ids.stream().distinct().forEach(id -> arguments.add(QueueKeys.bytes(id.value())));
        return run(what, script, queue, arguments);
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        return change("delete", Script.LEDGER_DELETE, queue, places, ids);
    }

    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        return change("prioritise", Script.LEDGER_PRIORITISE, queue, places, ids);
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        return change("replay", Script.LEDGER_REPLAY, queue, places, ids);
    }

    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        QueueKeys keys = parts.registry().keys(QueueNames.check(queue));
        Call call = Call.command(
                keys.route(),
                Command.ZRANGE,
                keys.key(place == Place.PARKED ? "parked" : "dead"),
                QueueKeys.bytes(0),
                QueueKeys.bytes(most - 1));
        return ids(parts.exchange().run("look at queue '" + queue + "'", call).list());
    }

    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        return run(
                "purge",
                Script.LEDGER_PURGE,
                queue,
                List.of(
                        letters(Set.of(place)),
                        QueueKeys.bytes(most),
                        until == null ? QueueKeys.bytes("") : QueueKeys.bytes(until.toEpochMilli())));
    }

    @Override
    public List<WorkerInfo> workers() {
        throw new UnsupportedCapabilityException(
                "GOOSE-3111: a ledger does not know who works; its transport may (" + Capability.WORKER_LIST + ")");
    }
}
