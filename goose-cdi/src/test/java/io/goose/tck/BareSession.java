package io.goose.tck;

import io.goose.spi.Beat;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.LeaseState;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.util.List;

/** A session of a {@link BareTransport}. */
final class BareSession implements Session {

    private final Session inner;
    private final BareTransport transport;

    BareSession(Session inner, BareTransport transport) {
        this.inner = inner;
        this.transport = transport;
    }

    @Override
    public String id() {
        return inner.id();
    }

    @Override
    public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
        Claim claim = inner.lease(queue, max, maxBytes, suspects);
        List<Lease> leases = claim.leases().stream().map(transport::outside).toList();
        return new Claim(leases, claim.more(), false, null);
    }

    @Override
    public void await(Duration wait) throws InterruptedException {
        inner.await(wait);
    }

    @Override
    public void wake() {
        inner.wake();
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        return inner.settle(settlements.stream().map(transport::inside).toList());
    }

    @Override
    public LeaseState look(Lease lease) {
        return inner.look(transport.inside(lease));
    }

    @Override
    public void returnUnstarted(List<Lease> leases) {
        inner.returnUnstarted(leases.stream().map(transport::inside).toList());
    }

    @Override
    public Beat renew() {
        return new Beat(inner.renew().lost().stream().map(transport::outside).toList());
    }

    @Override
    public Sweep sweep() {
        return transport.outside(inner.sweep());
    }

    @Override
    public void close() {
        inner.close();
    }
}
