package io.goose.engine.worker;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Leases jobs into the buffer, ahead of the threads by as much time as is allowed. One round is one claim. */
final class Dispatcher {

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());
    private static final long MOST_BYTES = 4L << 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final long ROOM_WAIT_NANOS = 250_000_000L;
    private static final long SUSPENDED_WAIT_NANOS = 200_000_000L;
    private static final long STALE_NANOS = 1_000_000_000L; // buffered jobs that are not started in time go back
    private static final long EMPTY_NANOS = 20_000_000L; // a queue found empty is not asked again for this long

    private final WorkerSettings settings;
    private final JobBuffer buffer;
    private final Lookahead lookahead;
    private final HeldJobs held;
    private final BooleanSupplier mayLease;
    private final QueueOrder order;
    private final Map<String, Long> emptySince = new HashMap<>();

    Dispatcher(
            WorkerSettings settings, JobBuffer buffer, Lookahead lookahead, HeldJobs held, BooleanSupplier mayLease) {
        this.settings = settings;
        this.buffer = buffer;
        this.lookahead = lookahead;
        this.held = held;
        this.mayLease = mayLease;
        this.order = new QueueOrder(settings.queues(), settings.order());
    }

    /** One round: gives old leases back, then claims from the first queue that has something, or waits. */
    void round(Session session) throws InterruptedException {
        giveBack(session, buffer.removeOlderThan(STALE_NANOS, System.nanoTime()));
        if (!mayLease.getAsBoolean()) {
            buffer.awaitOutstanding(-1, SUSPENDED_WAIT_NANOS);
            return;
        }
        int outstanding = buffer.outstanding();
        int roomiest = 0;
        boolean asked = false;
        Duration wait = LONGEST_WAIT;
        for (String queue : order.next()) {
            int beyond = lookahead.beyondThreads(queue);
            int mark = beyond == 0 ? settings.threads() - 1 : settings.threads() + beyond / 2;
            roomiest = Math.max(roomiest, mark);
            if (outstanding > mark) {
                continue; // let it drain, so that the next claim is worth its round trip
            }
            asked = true;
            Duration rest = restOfEmptiness(queue);
            if (!rest.isZero()) {
                wait = shorter(wait, rest);
                continue;
            }
            int room = settings.threads() + beyond - outstanding;
            Claim claim = session.lease(queue, Math.min(room, Lookahead.MOST), MOST_BYTES);
            if (!claim.leases().isEmpty()) {
                take(claim.leases());
                return;
            }
            emptySince.put(queue, System.nanoTime());
            wait = shorter(wait, claim.untilNextDue().orElse(LONGEST_WAIT));
        }
        if (asked) {
            session.await(wait);
            emptySince.clear();
        } else {
            buffer.awaitOutstanding(roomiest, ROOM_WAIT_NANOS);
        }
    }

    private void take(List<Lease> leases) {
        long now = System.nanoTime();
        List<LeasedJob> jobs = new ArrayList<>(leases.size());
        for (Lease lease : leases) {
            jobs.add(held.add(lease, now));
        }
        buffer.addAll(jobs);
    }

    private void giveBack(Session session, List<LeasedJob> unstarted) {
        if (unstarted.isEmpty()) {
            return;
        }
        List<Lease> leases = new ArrayList<>(unstarted.size());
        for (LeasedJob job : unstarted) {
            held.remove(job);
            if (!job.isLost()) {
                leases.add(job.lease());
            }
        }
        LOG.log(DEBUG, "{0} leased jobs were not started in time and go back", leases.size());
        session.returnUnstarted(leases);
    }

    /** With one queue there is nothing better to do than to ask it. */
    private Duration restOfEmptiness(String queue) {
        Long since = settings.queues().size() == 1 || settings.order() == WorkerSettings.Order.STRICT
                ? null
                : emptySince.get(queue);
        long left = since == null ? 0 : EMPTY_NANOS - (System.nanoTime() - since);
        return left <= 0 ? Duration.ZERO : Duration.ofNanos(left);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
