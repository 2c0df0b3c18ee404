package io.goose.broker.composed;

import io.goose.GooseException;
import io.goose.job.JobId;
import io.goose.spi.AskedJobs;
import io.goose.spi.CancelListener;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The jobs whose cancellation was asked for, as far as a session knows, and what it has leased. What is asked comes from the ledger, at each
 * beat and twice a second while jobs are leased, and at once from who asks by the same broker. Thread-safe.
 */
final class AskedLeases {

    private static final System.Logger LOG = System.getLogger(AskedLeases.class.getName());

    /** An id is known for so many looks at which the ledger does not name it: it may have been asked for after that was read. */
    private static final int LOOKS = 3;

    private static final long SECOND_NANOS = 1_000_000_000L;

    private final @Nullable AskedJobs kept;
    private final Map<JobId, Integer> asked = new ConcurrentHashMap<>(); // and for how many looks yet
    private final Map<Long, JobId> leased = new ConcurrentHashMap<>(); // by token
    private final ReentrantLock pulling = new ReentrantLock();
    private volatile long pulledNanos = System.nanoTime();
    private volatile CancelListener listener = (id, token) -> {};

    /**
     * @param kept null where jobs cannot be cancelled
     */
    AskedLeases(@Nullable AskedJobs kept) {
        this.kept = kept;
    }

    void listen(CancelListener told) {
        listener = told;
    }

    /** Somebody asks for the cancellation of a job: tells of its leases here. */
    void ask(JobId id) {
        asked.put(id, LOOKS);
        leased.forEach((token, leasedId) -> {
            if (leasedId.equals(id)) {
                listener.cancelled(id, token);
            }
        });
    }

    /** Looks at what the ledger has, if that has not been done for a second. */
    void pullNowAndThen() {
        if (System.nanoTime() - pulledNanos > SECOND_NANOS) {
            pull();
        }
    }

    /** Looks at what the ledger has, if there is a lease of which it could tell. */
    void pullIfLeased() {
        if (!leased.isEmpty()) {
            pull();
        }
    }

    /** Looks at what the ledger has. One at a time, or an id that is new could be missed by several looks at once. */
    void pull() {
        if (kept == null) {
            return;
        }
        pulling.lock();
        try {
            pull(kept);
        } finally {
            pulling.unlock();
        }
    }

    private void pull(AskedJobs from) {
        pulledNanos = System.nanoTime();
        Set<JobId> all;
        try {
            all = from.all();
        } catch (GooseException away) { // the next beat does it
            LOG.log(Level.DEBUG, "it was not looked at which jobs are to be cancelled: {0}", away.getMessage());
            return;
        }
        asked.replaceAll((id, looks) -> all.contains(id) ? LOOKS : looks - 1);
        asked.values().removeIf(looks -> looks <= 0);
        all.stream().filter(id -> !asked.containsKey(id)).forEach(this::ask);
    }

    /** Notes leases; returns those that must not be started. */
    List<Lease> begin(List<Lease> leases) {
        if (kept == null) {
            return List.of();
        }
        leases.forEach(lease -> leased.put(lease.token(), lease.job().id())); // first, so that who asks now finds them
        return asked(leases);
    }

    /** Which of these are of jobs that are to be cancelled. */
    List<Lease> asked(List<Lease> leases) {
        return asked.isEmpty()
                ? List.of()
                : leases.stream().filter(lease -> isAsked(lease.job().id())).toList();
    }

    private boolean isAsked(JobId id) {
        return asked.containsKey(id);
    }

    /** The same settlements, but that none puts back a job that is to be cancelled. */
    List<Settlement> withoutReturns(List<Settlement> settlements) {
        if (asked.isEmpty()) {
            return settlements;
        }
        List<Settlement> all = new ArrayList<>(settlements.size());
        for (Settlement settlement : settlements) {
            boolean ends = isAsked(settlement.lease().job().id()) && putsBack(settlement.outcome());
            all.add(
                    ends
                            ? new Settlement(settlement.lease(), new Outcome.Cancelled(), settlement.effects())
                            : settlement);
        }
        return all;
    }

    private static boolean putsBack(Outcome outcome) {
        return outcome instanceof Outcome.Retry
                || outcome instanceof Outcome.Snooze
                || outcome instanceof Outcome.Release
                || outcome instanceof Outcome.Parked;
    }

    /** These leases have ended, and their jobs are somebody else's affair. */
    void forget(Collection<Lease> leases) {
        leases.forEach(lease -> leased.remove(lease.token()));
    }

    /** What became of these: who has put a job back before he knew what was asked leaves that to those who get it next. */
    void settled(List<Settlement> settlements, List<Verdict> verdicts) {
        List<Lease> ended = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            Settlement settlement = settlements.get(i);
            leased.remove(settlement.lease().token());
            if (verdicts.get(i) == Verdict.APPLIED && !putsBack(settlement.outcome())) {
                ended.add(settlement.lease());
            }
        }
        ended(ended);
    }

    /** These jobs have ended: what was asked of them is done. */
    void ended(Collection<Lease> leases) {
        forget(leases);
        if (kept == null || asked.isEmpty()) {
            return;
        }
        Set<JobId> seen = new HashSet<>();
        for (Lease lease : leases) {
            if (asked.remove(lease.job().id()) != null) {
                seen.add(lease.job().id());
            }
        }
        if (seen.isEmpty()) {
            return;
        }
        try {
            kept.remove(seen);
        } catch (GooseException away) { // it goes with time
            LOG.log(Level.DEBUG, "it was not noted that {0} have been cancelled: {1}", seen, away.getMessage());
        }
    }
}
