package io.goose.broker.rabbitmq;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.rabbitmq.Walks.Seen;
import io.goose.broker.rabbitmq.Walks.Step;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Housekeeping;
import io.goose.spi.Ledger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * What can be seen in RabbitMQ: how many messages wait, and the dead and the parked one by one, for nobody consumes these. What
 * waits for a worker cannot be looked at there without taking it from the workers. Thread-safe.
 */
final class RabbitLedger implements Ledger {

    private final RabbitParts parts;
    private final ToIntFunction<String> fetched;
    private final ToIntFunction<String> running;
    private final Housekeeping housekeeping;

    /**
     * @param fetched how many jobs of a queue this process has fetched and not leased
     * @param running how many it has leased
     */
    RabbitLedger(RabbitParts parts, ToIntFunction<String> fetched, ToIntFunction<String> running) {
        this.parts = parts;
        this.fetched = fetched;
        this.running = running;
        this.housekeeping = new RabbitHousekeeping(this, parts);
    }

    /** All queues that were ever used. */
    Set<String> queues() {
        Set<String> names = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        parts.walks().through(parts.names().registry(), message -> {
            String name = message.body().text();
            names.add(name);
            return seen.add(name) ? Step.Leave.INSTANCE : new Step.Remove(false);
        });
        return Collections.unmodifiableSet(names);
    }

    @Override
    public QueueStats stats(String queue) {
        Names names = parts.names();
        if (names.problem(queue).isPresent()) {
            return new QueueStats(queue, 0, 0, 0, 0, 0, false);
        }
        long waiting = fetched.applyAsInt(queue);
        for (String lane : List.of(names.back(queue), names.front(queue), names.suspect(queue))) {
            waiting += count(lane);
        }
        return new QueueStats(
                queue,
                waiting,
                running.applyAsInt(queue),
                0,
                count(names.dead(queue)),
                count(names.parked(queue)),
                false);
    }

    private long count(String physical) {
        return Math.max(0, parts.topology().messages(physical));
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        AtomicReference<StoredJob> found = new AtomicReference<>();
        for (Place place : List.of(Place.DEAD, Place.PARKED)) {
            parts.walks().through(physical(queue, place), message -> {
                if (isOf(message, id)) {
                    found.set(stored(queue, place, message));
                }
                return Step.Leave.INSTANCE; // to the end: a part that is left goes behind the rest
            });
            if (found.get() != null) {
                return Optional.of(found.get());
            }
        }
        throw unsupported("find a job that is not dead or parked", Capability.WAITING_FIND);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        if (place != Place.DEAD && place != Place.PARKED) {
            throw unsupported(
                    "list jobs that are " + place,
                    place == Place.SCHEDULED ? Capability.SCHEDULED_LIST : Capability.WAITING_LIST);
        }
        Deque<StoredJob> newest = new ArrayDeque<>();
        parts.walks().through(physical(queue, place), message -> {
            newest.addFirst(stored(queue, place, message));
            if (newest.size() > offset + limit) {
                newest.removeLast();
            }
            return Step.Leave.INSTANCE;
        });
        List<StoredJob> page = new ArrayList<>(newest);
        return List.copyOf(page.subList(Math.min(offset, page.size()), Math.min(offset + limit, page.size())));
    }

    /** The oldest first, for that is how they come out; those behind the last are left without a look. */
    @Override
    public void visit(String queue, Place place, int most, Predicate<StoredJob> visitor) {
        if (place != Place.DEAD && place != Place.PARKED) {
            list(queue, place, 0, 1); // which says why not
            return;
        }
        int[] left = {most};
        parts.walks().through(physical(queue, place), message -> {
            if (left[0] > 0) {
                left[0] = visitor.test(stored(queue, place, message)) ? left[0] - 1 : 0;
            }
            return Step.Leave.INSTANCE;
        });
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    String physical(String queue, Place place) {
        return place == Place.DEAD ? parts.names().dead(queue) : parts.names().parked(queue);
    }

    private static boolean isOf(Seen message, JobId id) {
        return id.value().equals(message.properties().getMessageId());
    }

    private StoredJob stored(String queue, Place place, Seen message) {
        return new StoredJob(job(queue, message), place, Messages.header(message.properties(), Messages.NOTE));
    }

    QueuedJob job(String queue, Seen message) {
        try {
            return parts.messages().read(queue, message.properties(), message.body());
        } catch (Messages.UnreadableException unreadable) { // shown as it is
            String id = message.properties().getMessageId();
            return new QueuedJob(
                    queue, id == null ? JobId.random() : new JobId(id), message.body(), DeliveryState.FRESH);
        }
    }

    UnsupportedCapabilityException unsupported(String what, Capability capability) {
        return new UnsupportedCapabilityException("GOOSE-3094: cannot " + what + " at "
                + parts.settings().describe()
                + ", for RabbitMQ alone keeps no list of jobs (" + capability + "); give the broker a ledger by "
                + parts.broker().keyName("ledger") + " and set "
                + parts.broker().keyName("track") + "=all");
    }
}
