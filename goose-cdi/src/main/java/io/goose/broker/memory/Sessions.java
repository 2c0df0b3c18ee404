package io.goose.broker.memory;

import io.goose.job.Lane;
import io.goose.spi.SessionSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is at work, and which jobs follow from who can run what. Guarded by the store's lock. */
final class Sessions {

    private final MemoryStore store;
    private final Map<String, Standing> standings = new LinkedHashMap<>();

    Sessions(MemoryStore store) {
        this.store = store;
    }

    /** Gives a session a standing, and what waited for it: jobs that need what it announces. */
    Standing register(MemorySession session, SessionSpec spec) {
        Standing standing =
                new Standing(spec.newId(), spec, session, store.now().plus(spec.lease()));
        standings.put(standing.id, standing);
        for (String name : spec.queues()) {
            MemoryQueue queue = store.queue(name);
            for (Entry entry : queue.needing(spec)) {
                String need = entry.need;
                entry.state = entry.state.withUnknownSince(null).withNotBefore(null);
                queue.toLane(entry, Lane.FRONT, need);
                signal(name);
            }
        }
        return standing;
    }

    boolean isRegistered(Standing standing) {
        return standings.get(standing.id) == standing;
    }

    void remove(Standing standing) {
        standings.remove(standing.id);
    }

    /** All that have a standing, dead or alive; a copy. */
    List<Standing> all() {
        return new ArrayList<>(standings.values());
    }

    /** Whether a live session announced {@code need} for this queue. */
    boolean anyCanRun(String queue, String need, Instant now) {
        return standings.values().stream().anyMatch(standing -> standing.canRun(queue, need, now));
    }

    /** Ends the waits of the sessions of a queue: something may be ready there. */
    void signal(String queue) {
        for (Standing standing : standings.values()) {
            if (standing.spec.queues().contains(queue)) {
                standing.session.signalReady();
            }
        }
    }

    /** Tells all sessions to look again. */
    void signalAll() {
        standings.values().forEach(standing -> standing.session.signalReady());
    }

    /** Sends jobs whose last knowing session has gone to the front, for anybody to ask again; returns how many. */
    int reroute(Collection<MemoryQueue> queues) {
        Instant now = store.now();
        int moved = 0;
        for (MemoryQueue queue : queues) {
            List<Entry> orphaned = queue.lanes().removeRouted(need -> !anyCanRun(queue.name, need, now));
            for (Entry entry : orphaned) { // somebody knew it until now
                entry.state = entry.state.withUnknownSince(null);
                queue.toLane(entry, Lane.FRONT, null);
            }
            if (!orphaned.isEmpty()) {
                signal(queue.name);
                moved += orphaned.size();
            }
        }
        return moved;
    }
}
