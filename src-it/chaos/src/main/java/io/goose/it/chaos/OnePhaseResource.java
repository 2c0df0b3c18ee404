package io.goose.it.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/** A connection that is not XA as the only resource of a transaction, whose commit is therefore its commit. */
final class OnePhaseResource extends LoneResource {

    private final Connection connection;

    OnePhaseResource(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        if (!onePhase) {
            throw new XAException(XAException.XAER_PROTO);
        }
        try {
            connection.commit();
        } catch (SQLException failed) {
            throw failure(failed);
        }
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        try {
            connection.rollback();
        } catch (SQLException failed) {
            throw failure(failed);
        }
    }

    private static XAException failure(SQLException cause) {
        XAException failure = new XAException(XAException.XAER_RMERR);
        failure.initCause(cause);
        return failure;
    }

    /** A second resource would need this; there is none. */
    @Override
    public int prepare(Xid xid) throws XAException {
        throw new XAException(XAException.XAER_PROTO);
    }

    @Override
    public void start(Xid xid, int flags) {
        // The connection is in its transaction from its first statement on.
    }

    @Override
    public void end(Xid xid, int flags) {
        // It is until its commit or rollback.
    }

    @Override
    public void forget(Xid xid) {
        // Nothing is decided alone.
    }
}
