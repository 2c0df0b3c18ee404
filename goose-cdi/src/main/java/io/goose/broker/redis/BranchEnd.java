package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.broker.redis.RedisFault.Kind;
import io.goose.spi.BranchId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings branches to their ends, queue by queue. Whoever does it again, or at the same time, does no harm. Thread-safe. */
final class BranchEnd {

    /** To commit it, and not to roll it back. */
    static final @Nullable BranchReturn COMMITS = null;

    private final RedisParts parts;
    private final BranchList list;

    BranchEnd(RedisParts parts, BranchList list) {
        this.parts = parts;
        this.list = list;
    }

    private Exchange exchange() {
        return parts.exchange();
    }

    /**
     * Brings a branch to its end in all its queues; only then it is not known any more.
     *
     * @param back who has leases back if it is rolled back; null to commit it
     */
    void end(BranchId id, BranchList.Entry entry, @Nullable BranchReturn back) {
        boolean commits = back == null;
        String what = (commits ? "commit" : "roll back") + " branch " + id;
        List<QueueKeys> left =
                entry.queues().stream().map(parts.registry()::keys).toList();
        GooseException failure = null;
        while (!left.isEmpty()) {
            List<Answer> answers = exchange()
                    .run(left.stream()
                            .map(queue -> back == null ? commit(queue, id) : rollback(queue, id, back))
                            .toList());
            List<QueueKeys> again = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                try {
                    if (ended(what, left.get(i), answers.get(i), back)) {
                        again.add(left.get(i));
                    }
                } catch (GooseException broken) { // the other queues are not to wait for this one
                    failure = broken;
                }
            }
            left = again;
        }
        if (failure != null) {
            throw failure;
        }
        list.forget(id);
    }

    /** Looks at an answer; whether there is more to do in that queue. */
    private boolean ended(String what, QueueKeys queue, Answer answer, @Nullable BranchReturn back) {
        List<Object> reply = exchange().checked(what, answer).list();
        List<?> recorded = (List<?>) reply.get(1);
        if (!recorded.isEmpty()) {
            parts.effects().deliver(queue, recorded);
        }
        if (back != null) {
            back.taken(queue.queue, (List<?>) reply.get(2));
        } else {
            parts.eviction().report(queue.queue, (Long) reply.get(2));
        }
        if (answer.shortfall() != null) {
            throw exchange().exception(what, new RedisFault(Kind.UNANSWERED, answer.shortfall(), null));
        }
        return (Long) reply.get(0) > 0;
    }

    private Call commit(QueueKeys queue, BranchId id) {
        List<byte[]> more = List.of(
                queue.lease(BranchPlan.owner(id.toString())),
                queue.key("uniq"),
                queue.key("result"),
                queue.key("resultt"),
                queue.branch(id.toString()));
        return Call.script(Script.BRANCH_COMMIT, queue, queue.of(Script.BRANCH_COMMIT, more), ending(queue, id))
                .durably();
    }

    private Call rollback(QueueKeys queue, BranchId id, BranchReturn back) {
        List<byte[]> more =
                new ArrayList<>(List.of(queue.lease(BranchPlan.owner(id.toString())), queue.branch(id.toString())));
        List<byte[]> arguments = new ArrayList<>(ending(queue, id));
        back.add(queue.queue, more, arguments);
        return Call.script(Script.BRANCH_ROLLBACK, queue, queue.of(Script.BRANCH_ROLLBACK, more), arguments)
                .durably();
    }

    private List<byte[]> ending(QueueKeys queue, BranchId id) {
        return List.of(
                QueueKeys.bytes(id.toString()),
                QueueKeys.bytes(parts.registry().wakePrefix()),
                queue.queueBytes,
                QueueKeys.bytes(parts.settings().dedupeRetention().toMillis()),
                QueueKeys.bytes(parts.settings().dead().max()),
                QueueKeys.bytes(parts.settings().dead().maxAge().toMillis()));
    }
}
