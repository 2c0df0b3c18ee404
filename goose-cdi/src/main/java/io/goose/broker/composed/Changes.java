package io.goose.broker.composed;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Effect;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Kept;
import io.goose.spi.Lease;
import io.goose.spi.MemberMark;
import io.goose.spi.MemberState;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the ledger has to know of the ends of runs. Stateless. */
final class Changes {

    private final Halves halves;

    Changes(Halves halves) {
        this.halves = halves;
    }

    /** Whether the ledger knows of the job, or may. */
    boolean isGuarded(Lease lease) {
        return halves.hasAllRows() || lease.redelivered() || Halves.isMarked(lease.job());
    }

    /** What the ledger writes; null if the end is the transport's business alone. What is enqueued is written with it. */
    @Nullable Change of(Settlement settlement) {
        Lease lease = settlement.lease();
        QueuedJob ran = lease.job();
        List<QueuedJob> enqueued = enqueued(settlement);
        Kept next = next(ran, settlement.outcome());
        MemberMark mark = MemberMark.of(settlement, ran.state().moves()).orElse(null);
        if (next == null && isOver(settlement.outcome())) {
            boolean isOfTheLedger = isGuarded(lease) || !enqueued.isEmpty() || mark != null;
            return isOfTheLedger ? new Change(ran, null, enqueued, mark) : null;
        }
        if (next == null && !enqueued.isEmpty()) { // it goes back, and must not enqueue them again
            next = scheduled(ran, ran.queue(), anew(ran.state()), Duration.ZERO);
        }
        return next == null ? null : new Change(ran, next, enqueued, mark);
    }

    private static boolean isOver(Outcome outcome) {
        return outcome instanceof Outcome.Done
                || outcome instanceof Outcome.Cancelled
                || outcome instanceof Outcome.Expired;
    }

    private static List<QueuedJob> enqueued(Settlement settlement) {
        List<QueuedJob> enqueued = new ArrayList<>();
        for (Effect effect : settlement.effects()) {
            if (effect instanceof Effect.Enqueue enqueue) {
                QueuedJob job = enqueue.job();
                enqueued.add(new QueuedJob(job.queue(), job.id(), job.envelope(), job.state(), true));
            }
        }
        return enqueued;
    }

    /** What the ledger keeps of a job that is not over; null if the transport has it again. */
    private @Nullable Kept next(QueuedJob ran, Outcome outcome) {
        DeliveryState state = ran.state();
        if (outcome instanceof Outcome.Retry retry) {
            return scheduled(ran, retry.queue(), retry.next().withCrashes(0), retry.after());
        } else if (outcome instanceof Outcome.Snooze snooze) {
            return scheduled(ran, ran.queue(), state.afterSnooze(), snooze.after());
        } else if (outcome instanceof Outcome.Release release) {
            return released(ran, release);
        } else if (outcome instanceof Outcome.Dead dead) {
            return kept(ran, dead.last(), Place.DEAD, null, null);
        } else if (outcome instanceof Outcome.Parked parked) {
            boolean routed = parked.need() != null && halves.routes();
            return routed ? null : kept(ran, state, Place.PARKED, parked.reason(), parked.need());
        }
        return null;
    }

    private @Nullable Kept released(QueuedJob ran, Outcome.Release release) {
        String need = release.need();
        if (need != null) {
            // Nobody can bring it to one who knows it; who gets it next asks again.
            return halves.routes() ? null : later(ran, ran.queue(), sentAnew(ran.state(), true), release.after(), need);
        }
        boolean waits = !release.after().isZero() && !release.after().isNegative();
        // A transport that does not route gives it back with the record it came with, which says that nobody knows it.
        boolean forgets = ran.state().unknownSince() != null && !halves.routes();
        return waits || forgets ? scheduled(ran, ran.queue(), anew(ran.state()), release.after()) : null;
    }

    /** It is sent anew when its time has come; no attempt is counted. */
    private static DeliveryState anew(DeliveryState state) {
        return sentAnew(state, false);
    }

    private static DeliveryState sentAnew(DeliveryState state, boolean isUnknown) {
        return new DeliveryState(
                state.attempt(),
                state.moves() + 1,
                state.crashes(),
                Lane.FRONT,
                null,
                isUnknown ? state.unknownSince() : null,
                state.failures());
    }

    private static Kept scheduled(QueuedJob ran, String queue, DeliveryState state, Duration after) {
        return later(ran, queue, state, after, null);
    }

    private static Kept later(QueuedJob ran, String queue, DeliveryState state, Duration after, @Nullable String need) {
        QueuedJob next = new QueuedJob(queue, ran.id(), ran.envelope(), state.withLane(Lane.FRONT), true);
        return new Kept(next, Place.SCHEDULED, after.isNegative() ? Duration.ZERO : after, null, need);
    }

    private static Kept kept(
            QueuedJob ran, DeliveryState state, Place place, @Nullable String note, @Nullable String need) {
        return new Kept(
                new QueuedJob(ran.queue(), ran.id(), ran.envelope(), state, true), place, Duration.ZERO, note, need);
    }

    /** What the transport buried, for the ledger. */
    static Change buried(QueuedJob job) {
        MemberMark mark =
                MemberMark.of(job.id(), job.state().moves(), MemberState.DEAD).orElse(null);
        return new Change(job, kept(job, job.state(), Place.DEAD, null, null), List.of(), mark);
    }

    /** Refuses an outcome that is not for this broker. */
    static void mustBePossible(Settlement settlement) {
        if (settlement.outcome() instanceof Outcome.Deferred) {
            throw new UnsupportedCapabilityException("GOOSE-3003: cannot defer job "
                    + settlement.lease().job().id()
                    + ": this broker has no limits (LIMITS); settle it with another outcome");
        }
    }
}
