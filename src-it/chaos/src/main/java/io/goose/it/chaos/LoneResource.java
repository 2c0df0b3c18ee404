package io.goose.it.chaos;

import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A resource that is like no other, knows no time limit, and has nothing that it recovers by itself. */
abstract class LoneResource implements XAResource {

    @Override
    public Xid[] recover(int flag) {
        return new Xid[0];
    }

    @Override
    public boolean isSameRM(XAResource other) {
        return other == this;
    }

    @Override
    public int getTransactionTimeout() {
        return 0;
    }

    @Override
    public boolean setTransactionTimeout(int seconds) {
        return false;
    }
}
