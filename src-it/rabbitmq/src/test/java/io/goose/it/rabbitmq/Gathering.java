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

    /** It is quiet when nothing came in so many waits of this length; they last longer where the machine is busy. */
    private static final Duration WAIT = Duration.ofMillis(10);

    private static final int WAITS = 10;

    private static final int WAITS_FOR_MORE = 30; // RabbitMQ itself may be kept from sending the rest

    @Override
    public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
        List<Lease> leases = new ArrayList<>();
        long bytes = maxBytes;
        Claim claim = session.lease(queue, max, maxBytes, suspects);
        long quietSince = System.nanoTime();
        int quiet = 0;
        while (true) {
            if (!claim.leases().isEmpty()) {
                leases.addAll(claim.leases());
                for (Lease lease : claim.leases()) {
                    bytes -= lease.job().envelope().size();
                }
                quietSince = System.nanoTime();
                quiet = 0;
            }
            int waits = leases.isEmpty() ? WAITS : WAITS_FOR_MORE;
            boolean full = leases.size() >= max || (!leases.isEmpty() && (claim.more() || bytes <= 0));
            if (full || (quiet >= waits && System.nanoTime() - quietSince >= waits * WAIT.toNanos())) {
                return new Claim(leases, claim.more(), claim.paused(), claim.nextDue());
            }
            try {
                quiet = awaitMore(quiet, waits);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return new Claim(leases, claim.more(), claim.paused(), claim.nextDue());
            }
            claim = session.lease(queue, max - leases.size(), bytes, suspects);
        }
    }

    /** Waits until something may have come, or as often as is left; how often it has waited since something came. */
    private int awaitMore(int quiet, int most) throws InterruptedException {
        int waits = quiet;
        boolean woken;
        do {
            long before = System.nanoTime();
            session.await(WAIT);
            woken = System.nanoTime() - before < WAIT.toNanos();
            waits++;
        } while (waits < most && !woken);
        return waits;
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
