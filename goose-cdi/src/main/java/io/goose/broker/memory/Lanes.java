package io.goose.broker.memory;

import io.goose.job.JobId;
import io.goose.job.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The ready jobs of one queue: suspects, jobs routed to sessions that can run them, front and back. Each lane is a
 * first-in first-out map, so that taking, finding and deleting cost the same for any length. Guarded by the store's lock.
 */
final class Lanes {

    /** While jobs wait at the back, at most this many in a row come from elsewhere. */
    private static final int FRONT_IN_A_ROW = 9;

    private final Map<JobId, Entry> suspects = new LinkedHashMap<>();
    private final Map<JobId, Entry> front = new LinkedHashMap<>();
    private final Map<JobId, Entry> back = new LinkedHashMap<>();
    private final Map<String, Map<JobId, Entry>> routed = new LinkedHashMap<>();
    private int frontRun;
    private int size;

    int size() {
        return size;
    }

    /** Adds a job to the end of the lane that its state names; a job that has a need, to that of its need. */
    void add(Entry entry) {
        lane(entry).put(entry.id, entry);
        size++;
    }

    /** Adds a job ahead of all others of the lane that its state names. */
    void addFirst(Entry entry) {
        Map<JobId, Entry> lane = lane(entry);
        Map<JobId, Entry> behind = new LinkedHashMap<>(lane);
        lane.clear();
        lane.put(entry.id, entry);
        lane.putAll(behind);
        size++;
    }

    void remove(Entry entry) {
        if (lane(entry).remove(entry.id) != null) {
            size--;
        }
        if (entry.need != null) {
            routed.computeIfPresent(entry.need, (need, lane) -> lane.isEmpty() ? null : lane);
        }
    }

    /**
     * The job that this session gets next, still in its lane; null if there is none for it.
     *
     * @param suspects whether it takes a suspect; it gets none while it holds one
     */
    @Nullable Entry next(Standing session, boolean suspects) {
        boolean maySuspect = suspects && !session.holdsSuspect();
        if (maySuspect && !this.suspects.isEmpty()) { // first, so that a thread that is free now takes it
            return first(this.suspects);
        }
        if (frontRun >= FRONT_IN_A_ROW && !back.isEmpty()) {
            return first(back);
        }
        for (Map.Entry<String, Map<JobId, Entry>> lane : routed.entrySet()) {
            if (session.spec.canRun(lane.getKey())) {
                Entry found = firstAllowed(lane.getValue(), maySuspect);
                if (found != null) {
                    return found;
                }
            }
        }
        return !front.isEmpty() ? first(front) : back.isEmpty() ? null : first(back);
    }

    /** What this session may have ahead of the back, in the order of {@link #next}; a copy. */
    List<Entry> ahead(Standing session, boolean suspects) {
        boolean maySuspect = suspects && !session.holdsSuspect();
        List<Entry> ahead = new ArrayList<>();
        if (maySuspect) {
            ahead.addAll(this.suspects.values());
        }
        routed.forEach((need, lane) -> {
            if (session.spec.canRun(need)) {
                lane.values().stream()
                        .filter(entry -> maySuspect || !entry.isSuspect())
                        .forEach(ahead::add);
            }
        });
        ahead.addAll(front.values());
        return ahead;
    }

    /** The jobs at the back; a live view. */
    Collection<Entry> atBack() {
        return back.values();
    }

    /** Whether so many were taken from elsewhere that it is the turn of the back. */
    boolean isBacksTurn() {
        return frontRun >= FRONT_IN_A_ROW;
    }

    /** Takes what {@link #next} returned out of its lane. */
    void take(Entry entry) {
        boolean fromBack = back.containsKey(entry.id);
        remove(entry);
        frontRun = fromBack || back.isEmpty() ? 0 : frontRun + 1;
    }

    /** Takes all jobs out of the lanes of needs that {@code orphaned} says nobody can serve any more. */
    List<Entry> removeRouted(Predicate<String> orphaned) {
        List<Entry> found = new ArrayList<>();
        for (Iterator<Map.Entry<String, Map<JobId, Entry>>> lanes =
                        routed.entrySet().iterator();
                lanes.hasNext(); ) {
            Map.Entry<String, Map<JobId, Entry>> lane = lanes.next();
            if (orphaned.test(lane.getKey())) {
                found.addAll(lane.getValue().values());
                lanes.remove();
            }
        }
        size -= found.size();
        return found;
    }

    /** All jobs in about the order in which they would be leased; a copy. */
    List<Entry> all() {
        List<Entry> all = new ArrayList<>(size);
        all.addAll(suspects.values());
        routed.values().forEach(lane -> all.addAll(lane.values()));
        all.addAll(front.values());
        all.addAll(back.values());
        return all;
    }

    private Map<JobId, Entry> lane(Entry entry) {
        if (entry.need != null) {
            return routed.computeIfAbsent(entry.need, need -> new LinkedHashMap<>());
        }
        Lane lane = entry.state.lane();
        return switch (lane) {
            case BACK -> back;
            case FRONT -> front;
            case SUSPECT -> suspects;
        };
    }

    private static Entry first(Map<JobId, Entry> lane) {
        return lane.values().iterator().next();
    }

    private static @Nullable Entry firstAllowed(Map<JobId, Entry> lane, boolean maySuspect) {
        for (Entry entry : lane.values()) {
            if (maySuspect || !entry.isSuspect()) {
                return entry;
            }
        }
        return null;
    }
}
