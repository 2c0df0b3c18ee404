package io.goose.jca;

import io.goose.job.QueuedJob;
import io.goose.spi.BranchId;
import io.goose.spi.BranchWork;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A branch of a distributed transaction that is not prepared: its jobs are here alone. Connections of one connection factory find it by its
 * name, for a container may let several of them take part in it. Thread-safe.
 */
final class XaBranch {

    /**
     * Whose it is.
     *
     * @param manager the factory, which is equal to another one with the same settings
     */
    private record Key(GooseManagedConnectionFactory manager, BranchId id) {}

    private static final Map<Key, XaBranch> ALL =
            new ConcurrentHashMap<>(); // each until its transaction manager ends it

    /** What calls have come to. */
    private enum State {
        OPEN,
        DOOMED,
        ASKED
    }

    private final Key key;
    private final List<QueuedJob> jobs = new ArrayList<>(); // guarded by this
    private State state = State.OPEN; // guarded by this
    private int associations; // guarded by this
    private int suspended; // guarded by this

    private XaBranch(Key key) {
        this.key = key;
    }

    /** A new branch; null if there is one of this name. */
    static @Nullable XaBranch begin(GooseManagedConnectionFactory manager, BranchId id) {
        XaBranch branch = new XaBranch(new Key(manager, id));
        return ALL.putIfAbsent(branch.key, branch) == null ? branch : null;
    }

    static @Nullable XaBranch find(GooseManagedConnectionFactory manager, BranchId id) {
        return ALL.get(new Key(manager, id));
    }

    BranchId id() {
        return key.id();
    }

    /** A connection begins to take part in it. */
    synchronized void associate() {
        associations++;
    }

    /** A connection takes no part in it for now. */
    synchronized void suspend() {
        associations--;
        suspended++;
    }

    /** Whether there was one that could go on. */
    synchronized boolean resume() {
        if (suspended == 0) {
            return false;
        }
        suspended--;
        associations++;
        return true;
    }

    /** A connection takes no part in it any more. */
    synchronized void leave() {
        associations--;
    }

    /** The same of one that did not for now. */
    synchronized boolean leaveSuspended() {
        if (suspended == 0) {
            return false;
        }
        suspended--;
        return true;
    }

    synchronized boolean isAssociated() {
        return associations > 0;
    }

    /** It can only be rolled back. */
    synchronized void doom() {
        if (state == State.OPEN) {
            state = State.DOOMED;
            jobs.clear();
        }
    }

    synchronized boolean isDoomed() {
        return state == State.DOOMED;
    }

    synchronized void add(List<QueuedJob> more) {
        jobs.addAll(more);
    }

    synchronized BranchWork work() {
        return BranchWork.of(jobs);
    }

    /** The broker may know of it from now on. */
    synchronized void asked() {
        state = State.ASKED;
    }

    synchronized boolean isAsked() {
        return state == State.ASKED;
    }

    /** What is to be known of it is with the broker, or nothing is. */
    void end() {
        ALL.remove(key, this);
    }
}
