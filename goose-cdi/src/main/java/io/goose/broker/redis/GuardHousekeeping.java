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
    private final Effects effects;

    /**
     * @param effects which tells batches what their jobs have become
     */
    GuardHousekeeping(GuardParts parts, Effects effects) {
        this.parts = parts;
        this.effects = effects;
    }

    private static byte[] letters(Set<Place> places) {
        return QueueKeys.bytes(places.stream()
                .map(place -> LETTERS.getOrDefault(place, ""))
                .sorted()
                .collect(Collectors.joining()));
    }

    private List<Object> run(String what, Script script, String queue, List<byte[]> arguments) {
        QueueKeys keys = keys(queue);
        Call call = Call.script(script, keys, keys.of(script), arguments);
        return parts.exchange()
                .run(what + " jobs of queue '" + queue + "'", call.once())
                .list();
    }

    private QueueKeys keys(String queue) {
        return parts.registry().keys(QueueNames.check(queue));
    }

    /** The same for what members of batches can be among. */
    private List<JobId> runMarking(String what, Script script, String queue, List<byte[]> arguments) {
        List<Object> reply = run(what, script, queue, arguments);
        effects.deliver(keys(queue), (List<?>) reply.get(1));
        return ids((List<?>) reply.get(0));
    }

    private static List<JobId> ids(List<?> stored) {
        return stored.stream().map(id -> StoredId.of((byte[]) id)).toList();
    }

    private static List<byte[]> arguments(Set<Place> places, List<JobId> ids) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(letters(places));
        ids.stream().distinct().forEach(id -> arguments.add(QueueKeys.bytes(id.value())));
        return arguments;
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        return runMarking("delete", Script.LEDGER_DELETE, queue, arguments(places, ids));
    }

    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        return ids(run("prioritise", Script.LEDGER_PRIORITISE, queue, arguments(places, ids)));
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        return runMarking("replay", Script.LEDGER_REPLAY, queue, arguments(places, ids));
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
        return runMarking(
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
