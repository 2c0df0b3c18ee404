package io.goose.broker.memory;

import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.MemberMark;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applies outcomes and effects to jobs whose lease is still the settler's. Called with the store's lock held. */
final class Settler {

    private final MemoryStore store;

    Settler(MemoryStore store) {
        this.store = store;
    }

    List<Verdict> settle(Standing holder, List<Settlement> settlements) {
        List<Verdict> verdicts = new ArrayList<>(settlements.size());
        for (Settlement settlement : settlements) {
            Entry entry = leasedEntry(holder, settlement.lease());
            if (entry == null) {
                verdicts.add(Verdict.STALE);
                continue;
            }
            boolean suspect = settlement.lease().suspect();
            Optional<MemberMark> mark = MemberMark.of(settlement, entry.state.moves());
            if (entry.cancelled && !removes(settlement.outcome())) {
                queueOf(entry).remove(entry);
                store.batches.removed(store, entry);
            } else {
                apply(entry, settlement.outcome());
                mark.ifPresent(one -> store.batches.mark(store, one));
            }
            settlement.effects().forEach(effect -> apply(entry, effect));
            permitsCame(entry);
            if (suspect) {
                holder.session.signalReady(); // it may have the next suspect now
            }
            verdicts.add(Verdict.APPLIED);
        }
        return verdicts;
    }

    /** Whether nothing is left that a cancellation would have to remove. */
    private static boolean removes(Outcome outcome) {
        return outcome instanceof Outcome.Done
                || outcome instanceof Outcome.Cancelled
                || outcome instanceof Outcome.Expired
                || outcome instanceof Outcome.Dead;
    }

    /** Gives unstarted jobs back to the front; stale ones are ignored. */
    void giveBack(Standing holder, List<Lease> leases) {
        for (Lease lease : leases) {
            Entry entry = leasedEntry(holder, lease);
            if (entry != null && entry.cancelled) {
                queueOf(entry).remove(entry);
                store.batches.removed(store, entry);
                permitsCame(entry);
            } else if (entry != null) {
                toFront(entry);
            }
        }
    }

    /** A lease has ended, and another job may run instead. */
    private void permitsCame(Entry entry) {
        if (queueOf(entry).limits.any()) {
            store.sessions.signal(entry.queue);
        }
    }

    boolean holds(Standing holder, Lease lease) {
        return leasedEntry(holder, lease) != null;
    }

    private @Nullable Entry leasedEntry(Standing holder, Lease lease) {
        MemoryQueue queue = store.existing(lease.job().queue());
        Entry entry = queue == null ? null : queue.running(lease.token());
        boolean ours = entry != null
                && entry.holder == holder
                && entry.id.equals(lease.job().id());
        return ours ? entry : null;
    }

    private void apply(Entry entry, Outcome outcome) {
        if (outcome instanceof Outcome.Retry retry) {
            retry(entry, retry);
        } else if (outcome instanceof Outcome.Dead dead) {
            entry.state = dead.last();
            store.bury(queueOf(entry), entry);
        } else if (outcome instanceof Outcome.Release release) {
            release(entry, release);
        } else if (outcome instanceof Outcome.Snooze snooze) {
            entry.state = entry.state.afterSnooze();
            later(entry, snooze.after(), null);
        } else if (outcome instanceof Outcome.Parked parked) {
            park(entry, parked);
        } else if (outcome instanceof Outcome.Deferred) {
            toFront(entry); // where the next claim looks whether it may run
        } else {
            queueOf(entry).remove(entry); // Done, Cancelled, Expired
        }
    }

    private void apply(Entry entry, Effect effect) {
        if (effect instanceof Effect.Enqueue enqueue) {
            store.accept(enqueue.job(), true);
        } else if (effect instanceof Effect.ReleaseUnique release) {
            store.uniques.release(release, entry.id);
        } else if (effect instanceof Effect.PutResult put) {
            store.results.put(entry.queue, entry.id, put, store.now());
        }
    }

    private void retry(Entry entry, Outcome.Retry retry) {
        entry.state = retry.next().withCrashes(0);
        if (retry.queue().equals(entry.queue)) {
            later(entry, retry.after(), null);
            return;
        }
        queueOf(entry).remove(entry);
        DeliveryState state =
                entry.state.withLane(Lane.FRONT).withNotBefore(store.now().plus(retry.after()));
        store.accept(new QueuedJob(retry.queue(), entry.id, entry.envelope, state), true);
    }

    private void release(Entry entry, Outcome.Release release) {
        String need = release.need();
        if (need == null) { // who released it could have run it
            entry.state = entry.state.withUnknownSince(null);
            later(entry, release.after(), null);
        } else if (!routed(entry, need)) {
            Instant since = entry.state.unknownSince();
            entry.state = entry.state.withUnknownSince(since == null ? store.now() : since);
            later(entry, release.after(), need);
        }
    }

    private void park(Entry entry, Outcome.Parked parked) {
        String need = parked.need();
        if (need == null || !routed(entry, need)) {
            queueOf(entry).toParked(entry, parked.reason(), need);
        }
    }

    /**
     * Gives the job to the sessions that can run it, if there are any. It keeps since when nobody knew it: the session may miss
     * something else, and two that pass a job on to each other must not make it wait for ever.
     */
    private boolean routed(Entry entry, String need) {
        if (!store.sessions.anyCanRun(entry.queue, need, store.now())) {
            return false;
        }
        entry.state = entry.state.withNotBefore(null);
        queueOf(entry).toLane(entry, Lane.FRONT, need);
        store.sessions.signal(entry.queue);
        return true;
    }

    private void later(Entry entry, Duration after, @Nullable String need) {
        if (after.isNegative() || after.isZero()) {
            toFront(entry);
        } else {
            queueOf(entry).toScheduled(entry, store.now().plus(after), need);
            store.sessions.signal(entry.queue); // whoever waits may have to wake earlier now
        }
    }

    private void toFront(Entry entry) {
        queueOf(entry).toLane(entry, Lane.FRONT, null);
        store.sessions.signal(entry.queue);
    }

    private MemoryQueue queueOf(Entry entry) {
        return store.queue(entry.queue);
    }
}
