package io.goose.jca;

import io.goose.spi.BranchId;
import io.goose.spi.Broker;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/**
 * By what a transaction manager ends the branches that deliveries of an earlier process have left, which may also be those of a connection factory with the same
 * broker. Its connections are opened with the first call. Thread-safe.
 */
final class RecoveryResource extends PatientResource {

    private final Settings settings;
    private final Broker broker;

    RecoveryResource(Settings settings, Broker broker) {
        this.settings = settings;
        this.broker = broker;
    }

    void close() {
        broker.close();
    }

    @Override
    public Xid[] recover(int flags) throws XAException {
        return XaCalls.recover(broker.branches(), flags);
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        if (onePhase) {
            throw noWork("commit in one phase");
        }
        XaCalls.commit(broker.branches(), BranchId.of(xid));
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        BranchId id = BranchId.of(xid);
        if (!XaCalls.rollBack(broker.branches(), id)) {
            throw XaCalls.notPrepared(id);
        }
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        throw noWork("start");
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        throw noWork("end");
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        throw noWork("prepare");
    }

    private static XAException noWork(String what) {
        return XaCalls.failure(XAException.XAER_PROTO, what + " of a resource that is for recovery alone", null);
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other instanceof RecoveryResource that && settings.equals(that.settings);
    }
}
