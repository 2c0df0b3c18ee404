package io.goose.spi;

import java.util.List;
import java.util.Optional;

/**
 * The branches of distributed transactions that a broker keeps, see {@link Capability#BRANCHES}. What is prepared outlives the process and
 * is never decided by age: whoever prepared it, or its transaction manager after a crash, commits it or rolls it back.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the broker cannot be reached; what it has done by then
 * is unknown, and it may be called again.
 *
 * @since 0.1
 */
public interface Branches {

    /**
     * Asks whether the servers keep what is prepared through their own crash.
     *
     * @throws io.goose.BrokerRefusedException if they do not, or do not say so; the message has the mend
     */
    void check();

    /**
     * Prepares a branch: stores its work, which nobody sees yet, and takes the leases that it settles out of the reach of whoever rescues
     * jobs. When this returns an empty value the branch can be committed whatever crashes.
     *
     * @param strict whether to refuse where {@link #check} would
     * @return why the branch was rolled back instead; empty if it is prepared
     * @throws io.goose.BrokerUnavailableException if it is not known whether it is prepared; it is to be rolled back
     * @throws IllegalArgumentException if there is nothing to do
     */
    Optional<String> prepare(BranchId id, BranchWork work, boolean strict);

    /**
     * Commits a branch that has no other one beside it and was not prepared. If it fails midway, whoever calls {@link #recover} next brings it
     * to its end.
     *
     * @param strict as for {@link #prepare}
     * @return why nothing was done; empty if all is
     * @throws io.goose.BrokerUnavailableException if it is not known what it came to
     */
    Optional<String> commitAtOnce(BranchId id, BranchWork work, boolean strict);

    /**
     * Commits a prepared branch: its jobs can be leased, its settlements are in force. Repeating it does nothing.
     *
     * @return false if there is no such branch, or not any more
     */
    boolean commit(BranchId id);

    /**
     * Rolls a branch back: its jobs are dropped. Leases go back to the session of this broker that had them, if it lives, so that its worker can settle
     * them; others, and all after {@link #letGo}, go to the front of their queues without an attempt. Repeating it does nothing.
     *
     * @return false if there is no such branch, or not any more
     * @throws IllegalStateException if {@link #commitAtOnce} had decided to commit it; it is committed then
     */
    boolean rollback(BranchId id);

    /**
     * Says that the worker that had the leases which a branch settles is done with their jobs: a rollback gives them back to no session. Asks no
     * server, and does nothing if the branch has none of this broker's.
     */
    void letGo(BranchId id);

    /** All branches that are prepared, for a transaction manager to decide. Brings those to their end that are decided, as far as that can be done now. */
    List<BranchId> recover();

    /** The same with what there is to say of them; changes nothing. */
    List<PreparedBranch> prepared();
}
