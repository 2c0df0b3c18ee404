package io.goose.it.rabbitmq;

import io.goose.spi.Beat;
import io.goose.spi.CancelListener;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.LeaseState;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A session whose claims wait for what is on its way. RabbitMQ pushes jobs: one that is ready comes a moment later, and the
 * contracts, which know brokers that are asked, would find nothing.
 */
record Gathering(Session session) implements Session {

    private static final Duration QUIET = Duration.ofMillis(100);

    @Override
    public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
        List<Lease> leases = new ArrayList<>();
        long bytes = maxBytes;
        Claim claim = session.lease(queue, max, maxBytes, suspects);
        long quietSince = System.nanoTime();
        while (true) {
            if (!claim.leases().isEmpty()) {
                leases.addAll(claim.leases());
                for (Lease lease : claim.leases()) {
                    bytes -= lease.job().envelope().size();
                }
                quietSince = System.nanoTime();
            }
            long left = QUIET.toNanos() - (System.nanoTime() - quietSince);
            boolean full = leases.size() >= max || (!leases.isEmpty() && (claim.more() || bytes <= 0));
            if (full || left <= 0) {
                return new Claim(leases, claim.more(), claim.paused(), claim.nextDue());
            }
            try {
                session.await(Duration.ofNanos(left));
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return new Claim(leases, claim.more(), claim.paused(), claim.nextDue());
            }
            claim = session.lease(queue, max - leases.size(), bytes, suspects);
        }
    }

    @Override
    public String id() {
        return session.id();
    }

    @Override
    public void await(Duration wait) throws InterruptedException {
        session.await(wait);
    }

    @Override
    public void wake() {
        session.wake();
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        return session.settle(settlements);
    }

    @Override
    public LeaseState look(Lease lease) {
        return session.look(lease);
    }

    @Override
    public void onCancel(CancelListener listener) {
        session.onCancel(listener);
    }

    @Override
    public void hold(String queue, boolean paused) {
        session.hold(queue, paused);
    }

    @Override
    public void returnUnstarted(List<Lease> leases) {
        session.returnUnstarted(leases);
    }

    @Override
    public Beat renew() {
        return session.renew();
    }

    @Override
    public Sweep sweep() {
        return session.sweep();
    }

    @Override
    public void close() {
        session.close();
    }
}
