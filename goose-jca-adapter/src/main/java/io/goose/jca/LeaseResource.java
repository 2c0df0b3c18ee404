package io.goose.jca;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.GooseException;
import io.goose.spi.BranchId;
import io.goose.spi.BranchWork;
import io.goose.spi.Branches;
import io.goose.spi.Settlement;
import java.util.List;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * The part that a lease takes in the transaction of its delivery: the transaction can only commit with the end of the job, and the end is the job's only with
 * the commit. Of nothing else does the adapter take how the delivery ended. For one delivery; thread-safe.
 */
final class LeaseResource extends PatientResource {

    private static final System.Logger LOG = System.getLogger(LeaseResource.class.getName());

    /** How the answer begins of a broker for which the lease is another's. */
    private static final String LOST = "GOOSE-3211";

    /** How the transaction ended. */
    enum Fate {
        /** With a vote: the broker has done what the job's end is. */
        COMMITTED,
        /** In one phase: nothing else depends on the job's end, which is the worker's to write. */
        ALONE,
        /** It has not committed, and will not. The lease is the worker's, or the branch's if that could not be rolled back yet: the settle finds out. */
        ROLLED_BACK,
        /** The lease is said to have become another's before, so that there is nothing to say of the job. */
        LOST,
        /** There was a vote, and the lease is the branch's until the transaction manager ends that. */
        UNKNOWN,
        /** Nobody asked: the container has not let it take part. */
        UNASKED
    }

    /** What calls have come to. */
    private enum State {
        NEW,
        STARTED,
        DOOMED, // the broker may have the branch; nobody commits it
        PREPARED,
        COMMITTED,
        ALONE,
        ROLLED_BACK,
        LOST
    }

    private final Branches branches;
    private final boolean strict;
    private @Nullable Settlement done; // guarded by this
    private State state = State.NEW; // guarded by this
    private @Nullable BranchId id; // guarded by this; null before it is known
    private @Nullable String why; // guarded by this
    private boolean isOver; // guarded by this: whoever comes now comes too late

    /**
     * @param branches those of the worker's broker, whose session has the lease
     * @param strict whether what is prepared must outlive a crash of the broker's servers
     */
    LeaseResource(Branches branches, boolean strict) {
        this.branches = branches;
        this.strict = strict;
    }

    /** The bean has answered: the transaction may commit, with this. */
    synchronized void mayCommit(Settlement end) {
        done = end;
    }

    /** The branch's name, for people. */
    synchronized String name() {
        return String.valueOf(id);
    }

    /** Why it was rolled back, as far as this knows; null if it does not. */
    synchronized @Nullable String why() {
        return why;
    }

    /** How the transaction ended, when the delivery has. From now on a vote is no, and who rolls back gives the lease to no session. */
    synchronized Fate fate() {
        isOver = true;
        try {
            if (state == State.DOOMED) {
                giveUp();
            }
        } finally {
            if (id != null) {
                branches.letGo(known());
            }
        }
        return switch (state) {
            case NEW -> Fate.UNASKED;
            case STARTED, DOOMED, ROLLED_BACK -> Fate.ROLLED_BACK; // without its vote nothing has committed, or will
            case PREPARED -> Fate.UNKNOWN;
            case COMMITTED -> Fate.COMMITTED;
            case ALONE -> Fate.ALONE;
            case LOST -> Fate.LOST;
        };
    }

    /** Nobody has heard a vote, or somebody has rolled back. If this fails it stays so, for the transaction manager. Called with this locked. */
    private void giveUp() {
        try {
            boolean was = uninterrupted(() -> XaCalls.rollBack(branches, known()));
            LOG.log(DEBUG, "branch {0} is rolled back, which nobody commits: {1}", id, was);
            state = State.ROLLED_BACK;
        } catch (XAException | RuntimeException still) {
            LOG.log(DEBUG, "branch " + id + " cannot be rolled back now", still);
        }
    }

    private BranchId known() {
        BranchId known = id;
        if (known == null) {
            throw new IllegalStateException("no transaction has begun");
        }
        return known;
    }

    @Override
    public synchronized void start(Xid xid, int flags) throws XAException {
        BranchId asked = BranchId.of(xid);
        if (state == State.NEW && flags == TMNOFLAGS) {
            id = asked;
            state = State.STARTED;
        } else if (state != State.STARTED || !asked.equals(id) || (flags != TMRESUME && flags != TMJOIN)) {
            throw XaCalls.failure(
                    XAException.XAER_PROTO, "start of branch " + asked + " with flags " + flags + " after " + id, null);
        }
    }

    @Override
    public synchronized void end(Xid xid, int flags) throws XAException {
        mustBe(xid);
        LOG.log(DEBUG, "branch {0} ends with flags {1}", id, flags);
    }

    private void mustBe(Xid xid) throws XAException {
        BranchId asked = BranchId.of(xid);
        if (!asked.equals(id)) {
            throw XaCalls.failure(XAException.XAER_NOTA, "branch " + asked + " is not that of this delivery", null);
        }
    }

    @Override
    public synchronized int prepare(Xid xid) throws XAException {
        mustBe(xid);
        Settlement end = mayEnd();
        state = State.DOOMED; // until there is an answer
        Optional<String> refusal;
        try {
            BranchWork work = new BranchWork(List.of(), List.of(end));
            refusal = uninterrupted(() -> branches.prepare(known(), work, strict));
        } catch (GooseException away) {
            why = away.getMessage();
            throw XaCalls.unanswered("prepare", known(), XaCalls.Then.ROLLED_BACK, away);
        }
        if (refusal.isPresent()) {
            why = refusal.get();
            state = refusal.get().startsWith(LOST) ? State.LOST : State.ROLLED_BACK;
            LOG.log(
                    WARNING,
                    "GOOSE-4225: job {0} cannot be completed by branch {1} of a distributed transaction, so that is rolled back: {2}",
                    end.lease().job().id(),
                    id,
                    why);
            throw XaCalls.failure(XAException.XA_RBROLLBACK, refusal.get(), null);
        }
        state = State.PREPARED;
        return XA_OK;
    }

    /** What the job's end is, where that may still be committed. Called with this locked. */
    private Settlement mayEnd() throws XAException {
        Settlement end = done;
        if (state == State.STARTED && end != null && !isOver) {
            return end;
        }
        if (state == State.STARTED) {
            state = State.ROLLED_BACK;
        }
        throw XaCalls.failure(
                XAException.XA_RBROLLBACK,
                "the job of branch " + id + " has not run to its end, or its delivery was over",
                null);
    }

    @Override
    public synchronized void commit(Xid xid, boolean onePhase) throws XAException {
        mustBe(xid);
        if (onePhase) {
            Settlement end = mayEnd();
            LOG.log(DEBUG, "job {0} ends alone in branch {1}", end.lease().job().id(), id);
            state = State.ALONE;
            return;
        }
        uninterrupted(() -> {
            XaCalls.commit(branches, known());
            return true;
        });
        state = State.COMMITTED;
    }

    @Override
    public synchronized void rollback(Xid xid) throws XAException {
        mustBe(xid);
        if (state == State.PREPARED || state == State.DOOMED) {
            state = State.DOOMED;
            boolean was = uninterrupted(() -> XaCalls.rollBack(branches, known()));
            LOG.log(DEBUG, "branch {0} is rolled back: {1}", id, was);
        }
        if (state != State.LOST) {
            state = State.ROLLED_BACK;
        }
    }

    /** A call to the broker. */
    private interface Call<T> {
        T run() throws XAException;
    }

    /** An interrupt that is meant for the job, or for the worker's thread, must not keep the broker from being asked; it is left as it was. */
    private static <T> T uninterrupted(Call<T> call) throws XAException {
        boolean wasInterrupted = Thread.interrupted();
        try {
            return call.run();
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Others are for that. */
    @Override
    public Xid[] recover(int flags) {
        return new Xid[0];
    }

    /** A lease is like no other, nor like a connection to the same broker. */
    @Override
    public boolean isSameRM(XAResource other) {
        return other == this;
    }
}
