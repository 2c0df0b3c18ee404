package io.goose.jca;

import static io.goose.jca.XaCalls.failure;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.job.QueuedJob;
import io.goose.spi.BranchId;
import io.goose.spi.Branches;
import io.goose.spi.SendResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * The part that a connection takes in distributed transactions: jobs are kept until the transaction manager asks for them to be prepared, and
 * are with the broker from then on. Thread-safe.
 */
final class XaJobs extends PatientResource {

    private static final System.Logger LOG = System.getLogger(XaJobs.class.getName());

    private final GooseManagedConnectionFactory manager;
    private final Branches branches;
    private final boolean strict;
    private @Nullable XaBranch current; // guarded by this
    private volatile boolean isChecked;

    /**
     * @param manager connections of equal ones are the same to a transaction manager
     * @param strict whether what is prepared must outlive a crash of the broker's servers
     */
    XaJobs(GooseManagedConnectionFactory manager, Branches branches, boolean strict) {
        this.manager = manager;
        this.branches = branches;
        this.strict = strict;
    }

    /** Whether a transaction manager has this take part in a transaction now. */
    synchronized boolean isAssociated() {
        return current != null;
    }

    /**
     * Adds to the transaction.
     *
     * @throws io.goose.BrokerRefusedException if the servers may forget what is prepared, and that is not accepted
     */
    List<SendResult> add(List<QueuedJob> jobs) {
        if (strict && !isChecked) {
            branches.check();
            isChecked = true;
        }
        synchronized (this) {
            XaBranch branch = current;
            if (branch == null) {
                throw new BrokerUnavailableException(
                        "GOOSE-3198: the connection is in no transaction, although one surrounds the caller: the server"
                                + " does not enlist it; see its connection factory, or set transactions=none there",
                        null);
            }
            List<SendResult> results = new ArrayList<>();
            List<QueuedJob> kept = new ArrayList<>();
            for (QueuedJob job : jobs) {
                if (job.unique() == null) {
                    kept.add(job);
                    results.add(SendResult.Accepted.INSTANCE);
                } else { // whether its key is held cannot be said before the commit, and must not fail it
                    results.add(new SendResult.Rejected(
                            "GOOSE-3212",
                            "GOOSE-3212: job " + job.id()
                                    + " has a unique key, which cannot be kept by a branch of a distributed"
                                    + " transaction: enqueue it after the commit, or without the key"));
                }
            }
            branch.add(kept);
            return results;
        }
    }

    private XaBranch known(Xid xid) throws XAException {
        XaBranch branch = XaBranch.find(manager, BranchId.of(xid));
        if (branch == null) {
            throw failure(XAException.XAER_NOTA, "branch " + BranchId.of(xid) + " is not known here", null);
        }
        return branch;
    }

    @Override
    public synchronized void start(Xid xid, int flags) throws XAException {
        if (current != null) {
            throw failure(XAException.XAER_PROTO, "the connection is in branch " + current.id() + " already", null);
        }
        BranchId id = BranchId.of(xid);
        switch (flags) {
            case TMNOFLAGS -> {
                XaBranch branch = XaBranch.begin(manager, id);
                if (branch == null) {
                    throw failure(XAException.XAER_DUPID, "branch " + id + " is there already", null);
                }
                branch.associate();
                current = branch;
            }
            case TMJOIN -> {
                XaBranch branch = known(xid);
                refuseDoomed(branch);
                branch.associate();
                current = branch;
            }
            case TMRESUME -> {
                XaBranch branch = known(xid);
                if (!branch.resume()) {
                    throw failure(XAException.XAER_PROTO, "branch " + id + " is not suspended", null);
                }
                current = branch;
            }
            default -> throw failure(XAException.XAER_INVAL, "start with flags " + flags, null);
        }
    }

    private static void refuseDoomed(XaBranch branch) throws XAException {
        if (branch.isDoomed()) {
            throw failure(
                    XAException.XA_RBROLLBACK,
                    "branch " + branch.id() + " has failed and can only be rolled back",
                    null);
        }
    }

    @Override
    public synchronized void end(Xid xid, int flags) throws XAException {
        if (flags != TMSUCCESS && flags != TMFAIL && flags != TMSUSPEND) {
            throw failure(XAException.XAER_INVAL, "end with flags " + flags, null);
        }
        XaBranch branch = known(xid);
        if (current == branch) {
            current = null;
            if (flags == TMSUSPEND) {
                branch.suspend();
            } else {
                branch.leave();
            }
        } else if (flags == TMSUSPEND || !branch.leaveSuspended()) {
            refuseDoomed(branch); // whose connection was thrown away, and with it the association
            throw failure(XAException.XAER_PROTO, "the connection is not in branch " + branch.id(), null);
        }
        if (flags == TMFAIL) {
            branch.doom();
        }
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        XaBranch branch = ended(xid);
        if (branch.work().jobs().isEmpty()) {
            branch.end();
            return XA_RDONLY;
        }
        branch.asked();
        Optional<String> refusal;
        try {
            refusal = branches.prepare(branch.id(), branch.work(), strict);
        } catch (GooseException away) { // it may be prepared: it stays known, to be rolled back
            throw XaCalls.unanswered("prepare", branch.id(), XaCalls.Then.ROLLED_BACK, away);
        }
        branch.end();
        if (refusal.isPresent()) {
            throw refused(branch, refusal.get());
        }
        return XA_OK;
    }

    /** A branch in which nobody takes part any more, and of which the broker does not know. */
    private XaBranch ended(Xid xid) throws XAException {
        XaBranch branch = known(xid);
        if (branch.isAssociated() || branch.isAsked()) {
            throw failure(
                    XAException.XAER_PROTO, "branch " + branch.id() + " has not ended, or was asked before", null);
        }
        if (branch.isDoomed()) {
            branch.end();
            refuseDoomed(branch);
        }
        return branch;
    }

    /** Not every transaction manager passes on why. */
    private static XAException refused(XaBranch branch, String why) {
        LOG.log(
                WARNING,
                "GOOSE-4212: the jobs of branch {0} of a distributed transaction are not enqueued, so it is rolled back: {1}",
                branch.id(),
                why);
        return failure(XAException.XA_RBROLLBACK, why, null);
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        if (onePhase) {
            commitAtOnce(ended(xid));
            return;
        }
        XaCalls.commit(branches, BranchId.of(xid));
    }

    private void commitAtOnce(XaBranch branch) throws XAException {
        branch.end();
        if (branch.work().jobs().isEmpty()) {
            return;
        }
        Optional<String> refusal;
        try {
            refusal = branches.commitAtOnce(branch.id(), branch.work(), strict);
        } catch (GooseException away) {
            throw XaCalls.unanswered("commit", branch.id(), XaCalls.Then.ENDED_BY_RECOVERY, away);
        }
        if (refusal.isPresent()) {
            throw refused(branch, refusal.get());
        }
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        BranchId id = BranchId.of(xid);
        XaBranch branch = XaBranch.find(manager, id);
        if (branch != null && !branch.isAsked()) {
            leave(branch);
            branch.end();
            return;
        }
        boolean isDone = XaCalls.rollBack(branches, id);
        if (branch != null) {
            branch.end();
        } else if (!isDone) {
            throw XaCalls.notPrepared(id);
        }
    }

    private synchronized void leave(XaBranch branch) {
        if (current == branch) {
            current = null;
            branch.leave();
        }
    }

    /** All at once with the first call of a scan. */
    @Override
    public Xid[] recover(int flags) throws XAException {
        return XaCalls.recover(branches, flags);
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other instanceof XaJobs that && manager.equals(that.manager);
    }

    /** The connection is given back or ends: what it takes part in can only be rolled back. */
    synchronized void forget() {
        XaBranch branch = current;
        if (branch != null) {
            current = null;
            branch.leave();
            branch.doom();
        }
    }
}
