package io.goose.jca;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.spi.BranchId;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A resource of branches that decides nothing by itself: neither by age nor against the transaction manager. */
abstract class PatientResource implements XAResource {

    private static final System.Logger LOG = System.getLogger(PatientResource.class.getName());

    /** Nothing is ever decided against the transaction manager. */
    @Override
    public void forget(Xid xid) {
        LOG.log(DEBUG, "there is nothing to forget of branch {0}", BranchId.of(xid));
    }

    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    /** What is prepared is never decided by age. */
    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }
}
