package io.goose.it.chaos;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;

/** A resource whose process dies the n-th time that a transaction manager asks it for something. */
final class XaMortal implements XAResource {

    private static final long LONGEST_COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    private final XAResource inner;
    private final Death death;

    /** When the process dies. Thread-safe. */
    static final class Death {
        private final XaPoint point;
        private final int number;
        private final AtomicInteger times = new AtomicInteger();

        Death(XaPoint point, int number) {
            this.point = point;
            this.number = number;
        }

        private boolean isAt(XaPoint reached) {
            return point == reached && times.incrementAndGet() == number;
        }

        private void at(XaPoint reached) {
            if (isAt(reached)) {
                Runtime.getRuntime().halt(XaProcess.KILLED);
            }
        }

        private void soon(XaPoint reached) {
            if (isAt(reached)) {
                long nanos = ThreadLocalRandom.current().nextLong(LONGEST_COMMIT_NANOS);
                Thread killer = new Thread(
                        () -> {
                            LockSupport.parkNanos(nanos);
                            Runtime.getRuntime().halt(XaProcess.KILLED);
                        },
                        "killer");
                killer.setDaemon(true);
                killer.start();
            }
        }
    }

    XaMortal(XAResource inner, Death death) {
        this.inner = inner;
        this.death = death;
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        death.at(XaPoint.BEFORE_PREPARE);
        int vote = inner.prepare(xid);
        death.at(XaPoint.AFTER_PREPARE);
        return vote;
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        death.at(XaPoint.BEFORE_COMMIT);
        death.soon(XaPoint.DURING_COMMIT);
        inner.commit(xid, onePhase);
        death.at(XaPoint.AFTER_COMMIT);
    }

    @Override
    public void rollback(Xid xid) throws XAException {
        inner.rollback(xid);
    }

    @Override
    public void start(Xid xid, int flags) throws XAException {
        inner.start(xid, flags);
    }

    @Override
    public void end(Xid xid, int flags) throws XAException {
        inner.end(xid, flags);
    }

    @Override
    public void forget(Xid xid) throws XAException {
        inner.forget(xid);
    }

    @Override
    public Xid[] recover(int flag) throws XAException {
        return inner.recover(flag);
    }

    @Override
    public boolean isSameRM(XAResource other) throws XAException {
        return inner.isSameRM(other instanceof XaMortal mortal ? mortal.inner : other);
    }

    @Override
    public int getTransactionTimeout() throws XAException {
        return inner.getTransactionTimeout();
    }

    @Override
    public boolean setTransactionTimeout(int seconds) throws XAException {
        return inner.setTransactionTimeout(seconds);
    }
}
