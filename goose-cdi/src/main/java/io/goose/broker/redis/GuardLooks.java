package io.goose.broker.redis;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import java.util.List;
import java.util.Optional;

/** Looks at what a ledger keeps. Thread-safe. */
final class GuardLooks {

    private final GuardParts parts;
    private final StoredJobs stored;

    GuardLooks(GuardParts parts) {
        this.parts = parts;
        this.stored = new StoredJobs(parts.exchange(), parts.records());
    }

    QueueStats stats(QueueKeys keys) {
        Call call = Call.script(Script.LEDGER_STATS, keys, keys.of(Script.LEDGER_STATS), List.of());
        return stored.stats(keys, call);
    }

    Optional<StoredJob> find(QueueKeys keys, JobId id) {
        byte[] name = QueueKeys.bytes(id.value());
        Call call = Call.script(Script.LEDGER_FIND, keys, keys.of(Script.LEDGER_FIND), List.of(name));
        List<Object> reply = parts.exchange().run("find job " + id, call).list();
        if (reply.isEmpty()) {
            return Optional.empty();
        }
        Place place =
                switch (Records.text((byte[]) reply.get(0))) {
                    case "T" -> Place.WAITING;
                    case "B" -> Place.RUNNING;
                    case "S" -> Place.SCHEDULED;
                    case "D" -> Place.DEAD;
                    default -> Place.PARKED;
                };
        String note = Records.text((byte[]) reply.get(3));
        return Optional.of(stored.job(
                keys,
                place,
                name,
                (byte[]) reply.get(1),
                (byte[]) reply.get(2),
                note.isEmpty() ? null : note,
                place == Place.SCHEDULED ? (byte[]) reply.get(4) : null));
    }

    List<StoredJob> list(QueueKeys keys, Place place, int offset, int limit) {
        return stored.fetch(
                keys,
                place,
                switch (place) {
                    case WAITING -> stored.inOrder(keys, "wait", offset, limit);
                    case RUNNING -> stored.inOrder(keys, "run", offset, limit);
                    case SCHEDULED -> stored.inOrder(keys, "due", offset, limit);
                    case DEAD -> stored.newestFirst(keys, "dead", offset, limit);
                    case PARKED -> stored.newestFirst(keys, "parked", offset, limit);
                });
    }
}
