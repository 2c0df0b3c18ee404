package io.goose.jca;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.GooseException;
import io.goose.spi.BranchId;
import io.goose.spi.Branches;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** What a transaction manager asks of branches that are prepared, and how it is told that something failed. Stateless. */
final class XaCalls {

    private static final System.Logger LOG = System.getLogger(XaJobs.class.getName());

    /** What comes of a call without an answer. */
    enum Then {
        /** After a vote that nobody heard. */
        ROLLED_BACK("the transaction manager rolls it back"),
        /** After a decision. */
        ASKED_AGAIN("the transaction manager asks again"),
        /** After a commit in one phase, which nobody repeats. */
        ENDED_BY_RECOVERY("the next recovery ends what was decided");

        private final String text;

        Then(String text) {
            this.text = text;
        }
    }

    private XaCalls() {}

    static XAException failure(int code, String why, @Nullable Throwable cause) {
        XAException failure = new XAException(why);
        failure.errorCode = code;
        failure.initCause(cause);
        return failure;
    }

    /** The failure of a call whose outcome is not known, which is logged, for not every transaction manager passes on why. */
    static XAException unanswered(String what, BranchId id, Then then, GooseException away) {
        LOG.log(
                WARNING,
                "GOOSE-4213: it is not known whether the broker did {0} branch {1} of a distributed transaction; {2}: {3}",
                what,
                id,
                then.text,
                away.getMessage());
        return failure(XAException.XAER_RMFAIL, String.valueOf(away.getMessage()), away);
    }

    /** Commits a prepared branch. */
    static void commit(Branches branches, BranchId id) throws XAException {
        boolean isDone;
        try {
            isDone = branches.commit(id);
        } catch (GooseException away) {
            throw unanswered("commit", id, Then.ASKED_AGAIN, away);
        }
        if (!isDone) {
            throw failure(XAException.XAER_NOTA, "branch " + id + " is not prepared, or was committed before", null);
        }
    }

    /** Rolls a branch back that may be prepared; whether it was there. */
    static boolean rollBack(Branches branches, BranchId id) throws XAException {
        try {
            return branches.rollback(id);
        } catch (GooseException away) {
            throw unanswered("roll back", id, Then.ASKED_AGAIN, away);
        } catch (IllegalStateException committed) {
            throw failure(XAException.XA_HEURCOM, String.valueOf(committed.getMessage()), committed);
        }
    }

    static XAException notPrepared(BranchId id) {
        return failure(XAException.XAER_NOTA, "branch " + id + " is not prepared, or was rolled back before", null);
    }

    /** All that is prepared, at once with the first call of a scan. */
    static Xid[] recover(Branches branches, int flags) throws XAException {
        if ((flags & ~(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN)) != 0) {
            throw failure(XAException.XAER_INVAL, "recover with flags " + flags, null);
        }
        if ((flags & XAResource.TMSTARTRSCAN) == 0) {
            return new Xid[0];
        }
        try {
            return branches.recover().stream().map(BranchId::toXid).toArray(Xid[]::new);
        } catch (GooseException away) {
            throw failure(XAException.XAER_RMFAIL, String.valueOf(away.getMessage()), away);
        }
    }
}
