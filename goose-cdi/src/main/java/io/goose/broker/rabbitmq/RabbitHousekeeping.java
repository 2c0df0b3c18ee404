package io.goose.broker.rabbitmq;

import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.broker.rabbitmq.Walks.Seen;
import io.goose.broker.rabbitmq.Walks.Step;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Housekeeping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Changes many jobs of RabbitMQ: the dead and the parked, and all that waits at once. A message is taken out, what it becomes is sent
 * and confirmed, then it is acknowledged: whoever dies in the middle loses none. Thread-safe.
 */
final class RabbitHousekeeping implements Housekeeping {

    private final RabbitLedger ledger;
    private final RabbitParts parts;

    RabbitHousekeeping(RabbitLedger ledger, RabbitParts parts) {
        this.ledger = ledger;
        this.parts = parts;
    }

    /** Changes those that are dead or parked, in the order of the queue; to its end, for a part that is left goes behind the rest. */
    private List<JobId> take(String queue, Set<Place> places, List<JobId> ids, Function<Seen, Step> how) {
        List<JobId> taken = new ArrayList<>();
        Set<String> left = new HashSet<>();
        ids.forEach(id -> left.add(id.value()));
        for (Place place : Housekeeping.both(places, ENDED)) {
            if (left.isEmpty()) {
                break;
            }
            parts.walks().through(ledger.physical(queue, place), message -> {
                String id = message.properties().getMessageId();
                if (id == null || !left.remove(id)) {
                    return Step.Leave.INSTANCE;
                }
                Step step = how.apply(message);
                taken.add(new JobId(id));
                return step;
            });
        }
        return Housekeeping.inOrder(ids, taken);
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        List<JobId> deleted = take(queue, places, ids, message -> new Step.Remove(false));
        if (deleted.size() < ids.size() && places.contains(Place.WAITING)) {
            throw ledger.unsupported("delete a job that is not dead or parked", Capability.WAITING_DELETE);
        }
        if (deleted.size() < ids.size() && places.contains(Place.SCHEDULED)) {
            throw ledger.unsupported("delete a scheduled job", Capability.SCHEDULED_LIST);
        }
        return deleted;
    }

    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        throw ledger.unsupported(
                "prioritise a job", places.contains(Place.WAITING) ? Capability.PRIORITISE : Capability.SCHEDULED_LIST);
    }

    /** In the order of the queue. */
    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        return take(queue, places, ids, message -> {
            QueuedJob job = ledger.job(queue, message);
            return new Step.Replace(new Parcel(job.withState(job.state().replayed()), Spot.FRONT), false);
        });
    }

    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        List<JobId> oldest = new ArrayList<>();
        parts.walks().through(ledger.physical(queue, place), message -> {
            if (oldest.size() < most) {
                oldest.add(ledger.job(queue, message).id());
            }
            return Step.Leave.INSTANCE; // to the end, as take
        });
        return List.copyOf(oldest);
    }

    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        if (place == Place.SCHEDULED) {
            throw ledger.unsupported("purge what is scheduled", Capability.SCHEDULED_LIST);
        }
        Names names = parts.names();
        List<String> all = place == Place.WAITING
                ? List.of(names.suspect(queue), names.front(queue), names.back(queue))
                : List.of(ledger.physical(queue, place));
        List<JobId> gone = new ArrayList<>();
        for (String physical : all) {
            if (gone.size() < most) {
                parts.walks().through(physical, message -> {
                    QueuedJob job = ledger.job(queue, message);
                    Instant died = job.state().failures().diedAt();
                    if (until != null && (gone.size() == most || died == null || died.isAfter(until))) {
                        return Step.Leave.INSTANCE; // to the end: a part that is left goes behind the rest
                    }
                    gone.add(job.id());
                    return new Step.Remove(until == null && gone.size() == most);
                });
            }
        }
        return List.copyOf(gone);
    }

    @Override
    public List<WorkerInfo> workers() {
        throw ledger.unsupported("list the workers", Capability.WORKER_LIST);
    }
}
