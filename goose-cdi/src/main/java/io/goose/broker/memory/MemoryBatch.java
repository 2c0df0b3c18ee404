package io.goose.broker.memory;

import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger.Kept;
import io.goose.spi.BatchLedger.Plan;
import io.goose.spi.MemberMark;
import io.goose.spi.MemberState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One batch: two bytes for each member, and how many are in which state. Guarded by the store's lock. */
final class MemoryBatch {

    final BatchId id;
    final Set<String> additions = new HashSet<>();
    final Set<String> queues = new HashSet<>();
    boolean sealed;
    boolean cancelled;
    private boolean cutShort;
    int total;

    @Nullable Instant completed;

    private final Instant created;
    private Plan plan;
    private final int[] counts = new int[MemberState.values().length];
    private char[] members = new char[16];
    private BatchState state = BatchState.IN_PROGRESS;

    MemoryBatch(BatchId id, Plan plan, Instant created) {
        this.id = id;
        this.plan = plan;
        this.created = created;
    }

    void grow(int more) {
        total += more;
        counts[MemberState.ENQUEUED.code()] += more;
        if (total > members.length) {
            members = Arrays.copyOf(members, Math.max(total, members.length * 2));
        }
    }

    /** Marks a member; returns whether it was news. */
    boolean mark(MemberMark mark) {
        if (mark.index() >= total || !mark.follows(members[mark.index()])) {
            return false;
        }
        counts[MemberMark.state(members[mark.index()]).code()]--;
        members[mark.index()] = (char) mark.stored();
        counts[mark.state().code()]++;
        return true;
    }

    /** Notes that it is cancelled; if it has not been made whole, it ends as that whatever its members do. */
    void cancel() {
        cutShort |= !sealed;
        cancelled = true;
        sealed = true;
    }

    /** Whether it ends now. */
    boolean isOver() {
        return completed == null && sealed && ended() == total;
    }

    private int ended() {
        return count(MemberState.SUCCESS) + count(MemberState.DEAD) + count(MemberState.CANCELLED);
    }

    private int count(MemberState one) {
        return counts[one.code()];
    }

    /** Completes it; returns what is to be called, which it then has no longer. */
    List<QueuedJob> complete(Instant now) {
        completed = now;
        state = cutShort
                ? BatchState.CANCELLED
                : BatchState.ended(
                        count(MemberState.SUCCESS), count(MemberState.DEAD), count(MemberState.CANCELLED), cancelled);
        List<QueuedJob> called = plan.callbacks().getOrDefault(state, List.of());
        plan = new Plan(plan.queue(), plan.linger(), Map.of());
        return called;
    }

    boolean isGone(Instant now) {
        return completed != null && !completed.plus(plan.linger()).isAfter(now);
    }

    List<Integer> unended(int from, int most) {
        List<Integer> open = new ArrayList<>();
        for (int i = from; i < Math.min(total, from + most); i++) {
            if (!MemberMark.state(members[i]).isOver()) {
                open.add(i);
            }
        }
        return open;
    }

    Kept kept() {
        BatchStatus.Counts now = new BatchStatus.Counts(
                total,
                count(MemberState.RETRYING),
                count(MemberState.SUCCESS),
                count(MemberState.DEAD),
                count(MemberState.CANCELLED));
        return new Kept(new BatchStatus(id, plan.queue(), state, sealed, now, created, completed), cancelled, queues);
    }
}
