package io.goose.broker.jdbc;

import io.goose.broker.jdbc.SettleMemory.Settle;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.MemberMark;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies outcomes and effects to jobs whose lease is still the settler's. Thread-safe. */
final class Settling {

    // By the primary key only: the index of leases keeps, behind an old transaction, all that the session ever leased.
    private static final String MOVE = "UPDATE {job} SET place = ?, lane = ?, seq = ?, due = ?, crashes = ?, need = ?,"
            + " note = ?, record = ?, session = NULL, claim = NULL"
            + " WHERE queue = ? AND id = ? AND token = ? AND session = ? AND place + 0 = 1";

    private final Queues queues;
    private final Sender sender;
    private final Burials burials;

    Settling(Queues queues, Sender sender, Burials burials) {
        this.queues = queues;
        this.sender = sender;
        this.burials = burials;
    }

    /** Refuses, before anything is done, what this broker cannot do; makes the queues that jobs go to. */
    void prepare(List<Settlement> settlements) throws Database.Unfinished {
        for (Settlement settlement : settlements) {
            if (settlement.outcome() instanceof Outcome.Retry retry) {
                queues.numberOf(retry.queue());
            }
            for (Effect effect : settlement.effects()) {
                if (effect instanceof Effect.Enqueue enqueue) {
                    queues.numberOf(enqueue.job().queue());
                } else if (effect instanceof Effect.ReleaseUnique release) {
                    queues.numberOf(release.home());
                }
            }
        }
    }

    /** What became of a settle, and of those before it that were not answered. */
    record Settled(List<Verdict> verdicts, Map<SettleMemory.Key, Verdict> firstAnswers) {}

    /**
     * Settles what an unanswered settle did not settle already; that gives its first answers.
     *
     * @param unanswered may have been applied, may be under way, or never come
     */
    Settled settle(Statements statements, Settle settle, List<Settle> unanswered) throws SQLException {
        Map<SettleMemory.Key, Verdict> before = new HashMap<>();
        for (Settle lost : unanswered) {
            firstAnswers(statements, lost).forEach(before::putIfAbsent);
        }
        Step step = Step.begin(statements);
        List<Settlement> settlements = settle.settlements();
        @Nullable Verdict[] verdicts = new Verdict[settlements.size()];
        boolean[] first = new boolean[verdicts.length];
        for (int i = 0; i < verdicts.length; i++) {
            verdicts[i] = before.remove(SettleMemory.Key.of(settlements.get(i).lease()));
            first[i] = verdicts[i] == null;
        }
        removeAll(statements, settle, verdicts);
        boolean putBack = moveAll(statements, settle, step, verdicts)
                || settlements.stream().anyMatch(one -> retryElsewhere(one) != null);
        Set<Long> cancelled =
                putBack ? Cancels.removeGivenBack(statements, settle.standing().id()) : Set.of();
        List<Verdict> answers = new ArrayList<>();
        List<QueuedJob> sent = new ArrayList<>();
        for (int i = 0; i < verdicts.length; i++) {
            Verdict verdict = verdicts[i];
            answers.add(verdict == null ? Verdict.STALE : verdict);
            if (first[i] && verdict == Verdict.APPLIED) {
                noteSent(settlements.get(i), step, sent, cancelled);
                finish(statements, settlements.get(i));
            }
        }
        insert(statements, sent);
        BatchMarks.note(statements, marks(settlements, verdicts, first, cancelled));
        remember(statements, settle, answers);
        return new Settled(answers, before);
    }

    /** What this settle has made of members of batches. */
    private static List<MemberMark> marks(
            List<Settlement> settlements, @Nullable Verdict[] verdicts, boolean[] first, Set<Long> cancelled) {
        List<MemberMark> marks = new ArrayList<>();
        for (int i = 0; i < first.length; i++) {
            if (first[i] && verdicts[i] == Verdict.APPLIED) {
                Settlement one = settlements.get(i);
                boolean removed = retryElsewhere(one) != null
                        && cancelled.contains(one.lease().token());
                MemberMark.of(one, one.lease().job().state().moves())
                        .map(mark -> removed ? mark.cancelled(mark.version()) : mark)
                        .ifPresent(marks::add);
            }
        }
        return marks;
    }

    /**
     * What an unanswered settle did; empty if it did nothing. Whoever writes the number first decides that: if it is still
     * under way, this waits for it; if it is to come, it cannot commit any more.
     */
    private static Map<SettleMemory.Key, Verdict> firstAnswers(Statements statements, Settle lost) throws SQLException {
        if (put(statements, lost, "")) {
            return Map.of();
        }
        String text = statements
                .first(
                        "SELECT answers FROM {settled} WHERE session = ? AND number = ?",
                        row -> row.getString(1),
                        lost.standing().id(),
                        lost.number())
                .orElse("");
        return SettleMemory.answers(lost.settlements(), text);
    }

    private static boolean put(Statements statements, Settle settle, String answers) throws SQLException {
        return statements
                .insertAllIfAbsent(
                        "INSERT INTO {settled} (session, number, answers) VALUES (?, ?, ?)",
                        List.<@Nullable Object[]>of(
                                new @Nullable Object[] {settle.standing().id(), settle.number(), answers}))[0];
    }

    /** Keeps the answers for as long as they may be asked for again. */
    private static void remember(Statements statements, Settle settle, List<Verdict> answers) throws SQLException {
        if (!put(statements, settle, SettleMemory.text(answers))) {
            // Only if a later settle of this session has declared this one void, which nobody waits for any more.
            throw new SQLException("settle " + settle.number() + " was given up", "25000");
        }
        for (long over : settle.forget()) {
            statements.update(
                    "DELETE FROM {settled} WHERE session = ? AND number = ?",
                    settle.standing().id(),
                    over);
        }
    }

    /** The common case first, in one statement: jobs that are over, or go to another queue. */
    private static void removeAll(Statements statements, Settle settle, @Nullable Verdict[] verdicts)
            throws SQLException {
        Standing standing = settle.standing();
        List<Settlement> settlements = settle.settlements();
        List<Integer> over = new ArrayList<>();
        List<Bulk.Fence> fences = new ArrayList<>();
        for (int i = 0; i < settlements.size(); i++) {
            Lease lease = settlements.get(i).lease();
            boolean goes = isEnd(settlements.get(i).outcome()) || retryElsewhere(settlements.get(i)) != null;
            if (verdicts[i] == null && goes) {
                over.add(i);
                fences.add(new Bulk.Fence(
                        standing.queue(lease.job().queue()), lease.job().id().value(), lease.token()));
            }
        }
        boolean[] hit = Bulk.remove(statements, standing.id(), fences);
        for (int i = 0; i < hit.length; i++) {
            verdicts[over.get(i)] = hit[i] ? Verdict.APPLIED : Verdict.STALE;
        }
    }

    private static Outcome.@Nullable Retry retryElsewhere(Settlement settlement) {
        return settlement.outcome() instanceof Outcome.Retry retry
                        && !retry.queue().equals(settlement.lease().job().queue())
                ? retry
                : null;
    }

    /** The others: they stay in their queue and go to another place. Whether there were any. */
    private static boolean moveAll(Statements statements, Settle settle, Step step, @Nullable Verdict[] verdicts)
            throws SQLException {
        Standing standing = settle.standing();
        List<Settlement> settlements = settle.settlements();
        List<Integer> moved = new ArrayList<>();
        List<@Nullable Object[]> values = new ArrayList<>();
        for (int i = 0; i < settlements.size(); i++) {
            if (verdicts[i] == null) {
                Settlement settlement = settlements.get(i);
                moved.add(i);
                values.add(new Move(statements, standing, settlement.lease(), step, values.size())
                        .values(settlement.outcome()));
            }
        }
        int[] hit = statements.updateAll(MOVE, values);
        for (int i = 0; i < hit.length; i++) {
            verdicts[moved.get(i)] = hit[i] == 1 ? Verdict.APPLIED : Verdict.STALE;
        }
        return !moved.isEmpty();
    }

    /** What follows from a settlement that was applied. */
    private void noteSent(Settlement settlement, Step step, List<QueuedJob> sent, Set<Long> cancelled) {
        QueuedJob job = settlement.lease().job();
        Outcome.Retry retry = retryElsewhere(settlement);
        if (retry != null && !cancelled.contains(settlement.lease().token())) {
            Instant notBefore = Instant.ofEpochMilli(step.nowMillis()).plus(retry.after());
            sent.add(new QueuedJob(
                    retry.queue(),
                    job.id(),
                    job.envelope(),
                    retry.next().withCrashes(0).withLane(Lane.FRONT).withNotBefore(notBefore),
                    true));
        }
        for (Effect effect : settlement.effects()) {
            if (effect instanceof Effect.Enqueue enqueue) {
                QueuedJob next = enqueue.job();
                sent.add(new QueuedJob(next.queue(), next.id(), next.envelope(), next.state(), true));
            }
        }
        if (settlement.outcome() instanceof Outcome.Dead) {
            burials.happened(job.queue());
        }
    }

    private void finish(Statements statements, Settlement settlement) throws SQLException {
        QueuedJob job = settlement.lease().job();
        for (Effect effect : settlement.effects()) {
            if (effect instanceof Effect.ReleaseUnique release) {
                UniqueRows.release(statements, known(release.home()), release.key(), job.id());
            } else if (effect instanceof Effect.PutResult put) {
                ResultRows.put(statements, known(job.queue()), job.id(), put.result(), put.keep());
            }
        }
    }

    private void insert(Statements statements, List<QueuedJob> jobs) throws SQLException {
        Map<String, Integer> numbers = new HashMap<>();
        jobs.forEach(job -> numbers.put(job.queue(), known(job.queue())));
        for (int from = 0; from < jobs.size(); from += Step.NUMBERS) {
            sender.insert(statements, jobs.subList(from, Math.min(jobs.size(), from + Step.NUMBERS)), numbers);
        }
    }

    private static boolean isEnd(Outcome outcome) {
        return outcome instanceof Outcome.Done
                || outcome instanceof Outcome.Cancelled
                || outcome instanceof Outcome.Expired;
    }

    private int known(String queue) {
        Integer number = queues.existing(queue);
        if (number == null) {
            throw new IllegalStateException("queue '" + queue + "' was not prepared");
        }
        return number;
    }

    /** Gives unstarted jobs back to the front, in their order; stale ones are ignored. Whether the session still stands. */
    boolean giveBack(Statements statements, Standing standing, List<Lease> leases) throws SQLException {
        boolean stands = Sessions.lock(statements, standing.id());
        List<@Nullable Object[]> values = new ArrayList<>();
        Step step = Step.begin(statements);
        for (Lease lease : leases) {
            if (values.size() == Step.NUMBERS) {
                statements.updateAll(MOVE, values);
                values.clear();
                step = Step.begin(statements);
            }
            values.add(new Move(statements, standing, lease, step, values.size())
                    .toFront(lease.job().state()));
        }
        statements.updateAll(MOVE, values);
        Cancels.removeGivenBack(statements, standing.id());
        return stands;
    }

    /** One job on its way out of its lease. */
    private static final class Move {
        private final Statements statements;
        private final Standing standing;
        private final Lease lease;
        private final Step step;
        private final int index;
        private final int queue;

        private Move(Statements statements, Standing standing, Lease lease, Step step, int index) {
            this.statements = statements;
            this.standing = standing;
            this.lease = lease;
            this.step = step;
            this.index = index % Step.NUMBERS;
            this.queue = standing.queue(lease.job().queue());
        }

        /** The values for {@link Settling#MOVE}. */
        @Nullable Object[] values(Outcome outcome) throws SQLException {
            DeliveryState state = lease.job().state();
            if (outcome instanceof Outcome.Retry retry) {
                return later(retry.next().withCrashes(0), retry.after());
            } else if (outcome instanceof Outcome.Dead dead) {
                return bury(dead.last());
            } else if (outcome instanceof Outcome.Snooze snooze) {
                return later(state.afterSnooze(), snooze.after());
            } else if (outcome instanceof Outcome.Release release) {
                return release(release, state);
            } else if (outcome instanceof Outcome.Parked parked) {
                return park(parked, state);
            }
            if (outcome instanceof Outcome.Deferred) {
                return toFront(state); // where a claim looks whether it may run
            }
            throw new IllegalArgumentException(
                    "no move for " + outcome.getClass().getSimpleName());
        }

        private @Nullable Object[] bury(DeliveryState last) {
            DeliveryState dead = last.withUnknownSince(null)
                    .withFailures(last.failures().diedAt(Instant.ofEpochMilli(step.nowMillis())));
            return to(Rows.DEAD, Rows.BACK, step.nowMillis(), null, null, dead);
        }

        private @Nullable Object[] release(Outcome.Release release, DeliveryState state) throws SQLException {
            String need = release.need();
            if (need == null) {
                // who released it could have run it
                return later(state.withUnknownSince(null), release.after());
            }
            if (routes(need)) {
                return route(need, state);
            }
            Instant known = state.unknownSince();
            Instant since = known == null ? Instant.ofEpochMilli(step.nowMillis()) : known;
            long due = step.nowMillis() + release.after().toMillis();
            return to(Rows.SCHEDULED_NEEDY, Rows.FRONT, due, need, null, state.withUnknownSince(since));
        }

        private @Nullable Object[] park(Outcome.Parked parked, DeliveryState state) throws SQLException {
            String need = parked.need();
            if (need != null && routes(need)) {
                return route(need, state);
            }
            return to(need == null ? Rows.PARKED : Rows.PARKED_NEEDY, Rows.BACK, null, need, parked.reason(), state);
        }

        /**
         * It keeps since when nobody knew it: the session may miss something else, and two that pass a job on to each other
         * must not make it wait for ever.
         */
        private @Nullable Object[] route(String need, DeliveryState state) {
            return to(Rows.WAITING, Rows.ROUTED, null, need, null, state);
        }

        private boolean routes(String need) throws SQLException {
            return Sessions.anyCanRun(statements, queue, need, step.nowMillis());
        }

        private @Nullable Object[] later(DeliveryState state, Duration after) {
            if (after.isNegative() || after.isZero()) {
                return toFront(state);
            }
            return to(Rows.SCHEDULED, Rows.FRONT, step.nowMillis() + after.toMillis(), null, null, state);
        }

        private @Nullable Object[] toFront(DeliveryState state) {
            return to(Rows.WAITING, Rows.front(state.crashes()), null, null, null, state);
        }

        private @Nullable Object[] to(
                int place,
                int lane,
                @Nullable Long due,
                @Nullable String need,
                @Nullable String note,
                DeliveryState state) {
            return new @Nullable Object[] {
                place,
                lane,
                step.number() + index,
                due,
                state.crashes(),
                need == null ? null : Texts.need(need),
                Texts.note(note),
                Rows.encode(state),
                queue,
                lease.job().id().value(),
                lease.token(),
                standing.id()
            };
        }
    }
}
