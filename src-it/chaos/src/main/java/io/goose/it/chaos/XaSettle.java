package io.goose.it.chaos;

import io.goose.broker.redis.RedisBrokerFactory;
import io.goose.spi.BranchId;
import io.goose.spi.BranchWork;
import io.goose.spi.Branches;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.transaction.xa.XAException;
import javax.transaction.xa.Xid;

/** A worker's lease as a resource of the transaction in which its job does its work: the job is done if and only if that commits. */
final class XaSettle extends LoneResource {

    private final Branches branches;
    private final Settlement done;

    XaSettle(Broker broker, Lease lease) {
        this.branches = broker.branches();
        this.done = Settlement.of(lease, Outcome.Done.INSTANCE);
    }

    static Broker broker(Map<String, String> properties) {
        BrokerSettings settings = new BrokerSettings(
                "main",
                XaProcess.NAMESPACE,
                properties,
                Duration.ofHours(1),
                new DeadRetention(1000, Duration.ofDays(1)));
        return new RedisBrokerFactory().create(settings, (name, body) -> {
            Thread thread = new Thread(body, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A worker that beats often. */
    static Session worker(Broker broker, List<String> queues, Duration lease) {
        return broker.open(
                new SessionSpec(queues, 5, 5, Set.of(), lease, Duration.ofMillis(200), "distributed transactions"));
    }

    @Override
    public void start(Xid xid, int flags) {
        // the lease is known already
    }

    @Override
    public void end(Xid xid, int flags) {
        // the transaction may end
    }

    @Override
    public int prepare(Xid xid) throws XAException {
        if (branches.prepare(BranchId.of(xid), new BranchWork(List.of(), List.of(done)), true)
                .isPresent()) {
            throw new XAException(XAException.XA_RBROLLBACK);
        }
        return XA_OK;
    }

    @Override
    public void commit(Xid xid, boolean onePhase) throws XAException {
        if (onePhase || !branches.commit(BranchId.of(xid))) {
            throw new XAException(XAException.XAER_NOTA);
        }
    }

    @Override
    public void rollback(Xid xid) {
        branches.rollback(BranchId.of(xid));
    }

    @Override
    public void forget(Xid xid) {
        // nothing is decided here
    }
}
