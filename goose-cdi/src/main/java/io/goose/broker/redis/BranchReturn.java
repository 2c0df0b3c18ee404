package io.goose.broker.redis;

import io.goose.broker.redis.Standing.Held;
import io.goose.spi.BranchId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which sessions of this process have leases back when a branch is rolled back: those that gave them to it, so that their worker can settle the jobs as
 * failed. Until this is closed they neither settle nor compare what they hold with the server. Used by one thread.
 */
final class BranchReturn implements AutoCloseable {

    private final String branch;
    private final Map<String, Of> byQueue = new TreeMap<>(); // in this order all lock them

    /** The standing that has leases of one queue back, of which there is one: those of others go to their queue. */
    private record Of(RedisSession session, Standing standing, List<Held> held) {}

    private BranchReturn(String branch) {
        this.branch = branch;
    }

    static BranchReturn of(BranchId id, Collection<String> queues, Collection<RedisSession> sessions) {
        BranchReturn back = new BranchReturn(id.toString());
        for (String queue : new TreeSet<>(queues)) {
            for (RedisSession session : sessions) {
                Standing standing = session.handed(queue, back.branch);
                if (standing != null && !back.byQueue.containsKey(queue)) {
                    standing.settleLock.lock();
                    List<Held> held = standing.handed.getOrDefault(back.branch, List.of());
                    back.byQueue.put(queue, new Of(session, standing, List.copyOf(held)));
                }
            }
        }
        return back;
    }

    /** A branch is committed, so that nothing comes back. */
    static void forget(BranchId id, Collection<RedisSession> sessions) {
        sessions.forEach(session -> session.forgetHanded(id.toString()));
    }

    /** Adds what {@code xa/rollback.lua} has to know of a queue. */
    void add(String queue, List<byte[]> keys, List<byte[]> arguments) {
        Of back = byQueue.get(queue);
        if (back == null) {
            arguments.add(new byte[0]);
            return;
        }
        keys.add(back.standing().leaseKey);
        arguments.add(back.standing().idBytes);
        back.held()
                .forEach(held ->
                        arguments.add(QueueKeys.bytes(held.lease().job().id().value())));
        back.held().forEach(held -> arguments.add(held.value()));
    }

    /** A queue has answered which leases the session has. */
    void taken(String queue, List<?> ids) {
        if (ids.isEmpty()) {
            return;
        }
        Set<String> taken = new HashSet<>();
        ids.forEach(id -> taken.add(Records.text((byte[]) id)));
        Of back = Objects.requireNonNull(byQueue.get(queue));
        List<Held> held = new ArrayList<>(back.held());
        held.removeIf(one -> !taken.contains(one.lease().job().id().value()));
        held.forEach(one -> back.session().takeBack(back.standing(), one));
    }

    @Override
    public void close() {
        byQueue.values().forEach(back -> back.standing().settleLock.unlock());
    }
}
