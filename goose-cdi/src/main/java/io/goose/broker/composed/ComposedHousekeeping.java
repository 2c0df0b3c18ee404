package io.goose.broker.composed;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.job.BatchId;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.spi.Housekeeping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes many jobs of a transport and its ledger: first in the ledger, then in the transport what is left. Thread-safe.
 *
 * <p>What waits is in the transport. Where every job has a row the change is made there, for a message cannot be taken out of the
 * middle of a transport: a deleted job leaves a tombstone, a prioritised one gets more moves and is sent again, to the front. The
 * message that is there is old then, and goes when it comes out.
 */
final class ComposedHousekeeping implements Housekeeping {

    private static final Set<Place> WAITING = Set.of(Place.WAITING);
    private static final Set<Place> OF_THE_LEDGER = Set.of(Place.SCHEDULED, Place.DEAD, Place.PARKED);

    private final Halves halves;
    private final Consumer<String> send;

    /**
     * @param send sends what is due in a queue
     */
    ComposedHousekeeping(Halves halves, Consumer<String> send) {
        this.halves = halves;
        this.send = send;
    }

    private Housekeeping here() {
        return halves.ledger().housekeeping();
    }

    private Housekeeping there() {
        return halves.view().housekeeping();
    }

    /** The places of which the ledger has the jobs. */
    private Set<Place> here(Set<Place> places) {
        return halves.hasAllRows() ? places : Housekeeping.both(places, OF_THE_LEDGER);
    }

    /** Those in which the transport may have jobs that the ledger has not. */
    private Set<Place> there(Set<Place> places) {
        Set<Place> there = Housekeeping.both(places, ENDED);
        if (places.contains(Place.WAITING) && !halves.hasAllRows()) {
            there.add(Place.WAITING);
        }
        if (places.contains(Place.SCHEDULED) && halves.can(Capability.SCHEDULED_LIST)) {
            there.add(Place.SCHEDULED);
        }
        return there;
    }

    private static List<JobId> without(List<JobId> ids, List<JobId> some) {
        return ids.stream().filter(id -> !some.contains(id)).toList();
    }

    /** A row goes first: the message that is left is old. Where the transport knows ids that message goes too. */
    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        List<JobId> all = new ArrayList<>(here().delete(queue, places, ids));
        List<JobId> left = without(ids, all);
        Set<Place> there = there(places);
        if (places.contains(Place.WAITING) && halves.can(Capability.WAITING_DELETE)) {
            there.remove(Place.WAITING);
            there().delete(queue, WAITING, all);
            all.addAll(deleteKnown(queue, left));
            left = without(left, all);
        }
        List<JobId> members =
                left.stream().filter(ComposedHousekeeping::isMember).toList();
        all.addAll(deleteThere(queue, there, without(left, members)));
        all.addAll(deleteThere(queue, Housekeeping.both(there, ENDED), members));
        return Housekeeping.inOrder(ids, all);
    }

    /** Those have a row as long as they wait. */
    private static boolean isMember(JobId id) {
        return BatchId.ofMember(id).isPresent();
    }

    private List<JobId> deleteThere(String queue, Set<Place> places, List<JobId> ids) {
        if (ids.isEmpty() || places.isEmpty()) {
            return List.of();
        }
        List<JobId> gone = there().delete(queue, places, ids);
        gone.forEach(id -> halves.ledger().forget(queue, id));
        return gone;
    }

    /**
     * Deletes what waits of a transport that knows ids, and tells which of it had not been deleted in the ledger by somebody else, who
     * has not come to the message yet.
     */
    private List<JobId> deleteKnown(String queue, List<JobId> ids) {
        Map<JobId, QueuedJob> waiting = new HashMap<>();
        for (JobId id : ids) {
            halves.view()
                    .find(queue, id)
                    .filter(job -> job.place() == Place.WAITING)
                    .ifPresent(job -> waiting.put(id, job.job()));
        }
        List<JobId> gone = there().delete(queue, WAITING, List.copyOf(waiting.keySet()));
        List<Boolean> valid = halves.ledger()
                .begin(gone.stream()
                        .map(id -> new Delivery(Objects.requireNonNull(waiting.get(id)), true))
                        .toList());
        List<JobId> deleted = new ArrayList<>();
        for (int i = 0; i < gone.size(); i++) {
            if (valid.get(i)) {
                halves.ledger().forget(queue, gone.get(i));
                deleted.add(gone.get(i));
            }
        }
        return deleted;
    }

    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        List<JobId> moved = here().prioritise(queue, here(places), ids);
        if (!moved.isEmpty()) {
            send.accept(queue);
        }
        List<JobId> left = without(ids, moved);
        Set<Place> there = Housekeeping.both(there(places), Set.of(Place.WAITING, Place.SCHEDULED));
        if (left.isEmpty() || there.isEmpty()) {
            return moved;
        }
        if (!halves.can(Capability.PRIORITISE)) {
            throw new UnsupportedCapabilityException("GOOSE-3110: cannot prioritise what waits at "
                    + halves.transport().describe() + " (" + Capability.PRIORITISE
                    + "), for not every job has a row in the ledger; set goose.broker.<n>.track=all");
        }
        List<JobId> all = new ArrayList<>(moved);
        all.addAll(there().prioritise(queue, there, left));
        return Housekeeping.inOrder(ids, all);
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        List<JobId> all = new ArrayList<>(here().replay(queue, places, ids));
        if (!all.isEmpty()) {
            send.accept(queue);
        }
        List<JobId> left = without(ids, all);
        if (!left.isEmpty()) {
            all.addAll(there().replay(queue, places, left));
        }
        return Housekeeping.inOrder(ids, all);
    }

    /** The transport has hardly any, and they are on their way to the ledger: they come first. */
    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        List<JobId> oldest = new ArrayList<>(there().oldest(queue, place, most));
        if (oldest.size() < most) {
            oldest.addAll(here().oldest(queue, place, most - oldest.size()));
        }
        return oldest.stream().distinct().toList();
    }

    /**
     * Messages go before rows: what is left by a crash between is a row, which the next call finds. Where every job has a row the
     * messages stay, and go as old ones when they come out. All rows go in one step, before a batch whose last members they were
     * gets its callback, which waits in the same queue, perhaps.
     */
    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        List<JobId> gone = new ArrayList<>();
        if (place == Place.WAITING && halves.can(Capability.WAITING_DELETE)) {
            List<JobId> waiting = halves.view().list(queue, place, 0, most).stream()
                    .map(stored -> stored.job().id())
                    .toList();
            gone.addAll(here().purge(queue, place, until, most));
            there().delete(queue, WAITING, gone);
            gone.addAll(delete(queue, WAITING, without(waiting, gone)));
            return List.copyOf(gone);
        }
        if (!there(Set.of(place)).isEmpty()) {
            List<JobId> messages = there().purge(queue, place, until, most);
            gone.addAll(here().purge(queue, place, until, most));
            messages.stream()
                    .filter(id -> halves.ledger().forget(queue, id)) // the others were old, or are gone with their rows
                    .forEach(gone::add);
            return List.copyOf(gone);
        }
        gone.addAll(here().purge(queue, place, until, most));
        return List.copyOf(gone);
    }

    @Override
    public List<WorkerInfo> workers() {
        return there().workers();
    }
}
