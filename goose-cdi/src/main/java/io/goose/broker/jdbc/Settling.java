package io.goose.broker.jdbc;

import io.goose.UnsupportedCapabilityException;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Applies outcomes and effects to jobs whose lease is still the settler's. Thread-safe. */
final class Settling {

    private static final String OURS = " WHERE queue = ? AND id = ? AND token = ? AND session = ? AND place = 1";
    private static final String MOVE = "UPDATE {job} SET place = ?, lane = ?, seq = ?, due = ?, crashes = ?, need = ?,"
            + " note = ?, record = ?, session = NULL, token = NULL, claim = NULL";

    private final Rows rows;
    private final Queues queues;
    private final Sender sender;
    private final Burials burials;

    Settling(Rows rows, Queues queues, Sender sender, Burials burials) {
        this.rows = rows;
        this.queues = queues;
        this.sender = sender;
        this.burials = burials;
    }

    /** Refuses, before anything is done, what this broker cannot do; makes the queues that jobs go to. */
    void prepare(List<Settlement> settlements) throws Database.Unfinished {
        for (Settlement settlement : settlements) {
            if (settlement.outcome() instanceof Outcome.Deferred) {
                throw new UnsupportedCapabilityException("GOOSE-3003: cannot defer job "
                        + settlement.lease().job().id()
                        + ": the JDBC broker has no limits (LIMITS); settle it with another outcome");
            }
            if (settlement.outcome() instanceof Outcome.Retry retry) {
                queues.numberOf(retry.queue());
            }
            for (Effect effect : settlement.effects()) {
                if (effect instanceof Effect.Enqueue enqueue) {
                    queues.numberOf(enqueue.job().queue());
                }
            }
        }
    }

    /**
     * Settles, unless this number was settled already: then it gives the first answers.
     *
     * @param number greater than that of each earlier settle of the session
     */
    List<Verdict> settle(Statements statements, Standing standing, long number, List<Settlement> settlements)
            throws SQLException {
        Optional<Answers> last = statements.first(
                "SELECT number, answers FROM {settled} WHERE session = ? FOR UPDATE",
                row -> new Answers(row.getLong(1), row.getString(2)),
                standing.id());
        if (last.isPresent() && last.get().number() == number) {
            return last.get().verdicts();
        }
        Step step = Step.begin(statements);
        Verdict[] verdicts = new Verdict[settlements.size()];
        removeAll(statements, standing, settlements, verdicts);
        for (int i = 0; i < verdicts.length; i++) {
            Settlement settlement = settlements.get(i);
            if (verdicts[i] == null) {
                Move move = new Move(statements, standing, settlement.lease(), step, i);
                verdicts[i] = move.apply(settlement.outcome()) ? Verdict.APPLIED : Verdict.STALE;
            }
            if (verdicts[i] == Verdict.APPLIED) {
                enqueue(statements, settlement.effects());
            }
        }
        List<Verdict> answers = List.of(verdicts);
        statements.update(
                "UPDATE {settled} SET number = ?, answers = ? WHERE session = ?",
                number,
                Answers.text(answers),
                standing.id());
        return answers;
    }

    private record Answers(long number, String text) {

        static String text(List<Verdict> verdicts) {
            StringBuilder text = new StringBuilder(verdicts.size());
            verdicts.forEach(verdict -> text.append(verdict == Verdict.APPLIED ? 'A' : 'S'));
            return text.toString();
        }

        List<Verdict> verdicts() {
            return text.chars()
                    .mapToObj(letter -> letter == 'A' ? Verdict.APPLIED : Verdict.STALE)
                    .toList();
        }
    }

    /** The common case first, in one batch: jobs that are over. */
    private static void removeAll(
            Statements statements, Standing standing, List<Settlement> settlements, @Nullable Verdict[] verdicts)
            throws SQLException {
        List<Integer> over = new ArrayList<>();
        List<@Nullable Object[]> values = new ArrayList<>();
        for (int i = 0; i < settlements.size(); i++) {
            if (isEnd(settlements.get(i).outcome())) {
                over.add(i);
                values.add(ours(standing, settlements.get(i).lease()));
            }
        }
        int[] hit = statements.updateAll("DELETE FROM {job}" + OURS, values);
        for (int i = 0; i < hit.length; i++) {
            verdicts[over.get(i)] = hit[i] == 1 ? Verdict.APPLIED : Verdict.STALE;
        }
    }

    private static boolean isEnd(Outcome outcome) {
        return outcome instanceof Outcome.Done
                || outcome instanceof Outcome.Cancelled
                || outcome instanceof Outcome.Expired;
    }

    private static @Nullable Object[] ours(Standing standing, Lease lease) {
        return new Object[] {
            standing.queue(lease.job().queue()), lease.job().id().value(), lease.token(), standing.id()
        };
    }

    private void enqueue(Statements statements, List<Effect> effects) throws SQLException {
        for (Effect effect : effects) {
            if (effect instanceof Effect.Enqueue enqueue) {
                QueuedJob job = enqueue.job();
                QueuedJob marked = new QueuedJob(job.queue(), job.id(), job.envelope(), job.state(), true);
                sender.insert(statements, List.of(marked), Map.of(job.queue(), known(job.queue())));
            }
        }
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
        Step step = Step.begin(statements);
        for (int i = 0; i < leases.size(); i++) {
            new Move(statements, standing, leases.get(i), step, i)
                    .toFront(leases.get(i).job().state());
        }
        return stands;
    }

    /** One job on its way out of its lease. */
    private final class Move {
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

        boolean apply(Outcome outcome) throws SQLException {
            DeliveryState state = lease.job().state();
            if (outcome instanceof Outcome.Retry retry) {
                return retry(retry);
            } else if (outcome instanceof Outcome.Dead dead) {
                return bury(dead.last());
            } else if (outcome instanceof Outcome.Snooze snooze) {
                return later(state.afterSnooze(), snooze.after());
            } else if (outcome instanceof Outcome.Release release) {
                return release(release, state);
            } else if (outcome instanceof Outcome.Parked parked) {
                return park(parked, state);
            }
            throw new IllegalArgumentException(
                    "no move for " + outcome.getClass().getSimpleName());
        }

        private boolean retry(Outcome.Retry retry) throws SQLException {
            DeliveryState next = retry.next().withCrashes(0);
            if (retry.queue().equals(lease.job().queue())) {
                return later(next, retry.after());
            }
            if (statements.update("DELETE FROM {job}" + OURS, ours(standing, lease)) == 0) {
                return false;
            }
            Instant notBefore = Instant.ofEpochMilli(step.nowMillis()).plus(retry.after());
            QueuedJob moved = new QueuedJob(
                    retry.queue(),
                    lease.job().id(),
                    lease.job().envelope(),
                    next.withLane(Lane.FRONT).withNotBefore(notBefore),
                    true);
            sender.insert(statements, List.of(moved), Map.of(retry.queue(), known(retry.queue())));
            return true;
        }

        private boolean bury(DeliveryState last) throws SQLException {
            DeliveryState dead = last.withUnknownSince(null)
                    .withFailures(last.failures().diedAt(Instant.ofEpochMilli(step.nowMillis())));
            boolean moved = move(Rows.DEAD, Rows.BACK, step.nowMillis(), null, null, dead);
            if (moved) {
                burials.happened(lease.job().queue());
            }
            return moved;
        }

        private boolean release(Outcome.Release release, DeliveryState state) throws SQLException {
            String need = release.need();
            if (need == null) {
                return later(state, release.after());
            }
            if (routes(need)) {
                return move(Rows.WAITING, Rows.ROUTED, null, need, null, state.withUnknownSince(null));
            }
            Instant known = state.unknownSince();
            Instant since = known == null ? Instant.ofEpochMilli(step.nowMillis()) : known;
            long due = step.nowMillis() + release.after().toMillis();
            return move(Rows.SCHEDULED_NEEDY, Rows.FRONT, due, need, null, state.withUnknownSince(since));
        }

        private boolean park(Outcome.Parked parked, DeliveryState state) throws SQLException {
            String need = parked.need();
            if (need != null && routes(need)) {
                return move(Rows.WAITING, Rows.ROUTED, null, need, null, state.withUnknownSince(null));
            }
            return move(need == null ? Rows.PARKED : Rows.PARKED_NEEDY, Rows.BACK, null, need, parked.reason(), state);
        }

        private boolean routes(String need) throws SQLException {
            return Sessions.anyCanRun(statements, queue, need, step.nowMillis());
        }

        private boolean later(DeliveryState state, Duration after) throws SQLException {
            if (after.isNegative() || after.isZero()) {
                return toFront(state);
            }
            return move(Rows.SCHEDULED, Rows.FRONT, step.nowMillis() + after.toMillis(), null, null, state);
        }

        private boolean toFront(DeliveryState state) throws SQLException {
            return move(Rows.WAITING, Rows.front(state.crashes()), null, null, null, state);
        }

        private boolean move(
                int place,
                int lane,
                @Nullable Long due,
                @Nullable String need,
                @Nullable String note,
                DeliveryState state)
                throws SQLException {
            @Nullable Object[] values = {
                place,
                lane,
                step.number() + index,
                due,
                state.crashes(),
                need,
                cut(note),
                rows.encode(state),
                queue,
                lease.job().id().value(),
                lease.token(),
                standing.id()
            };
            return statements.update(MOVE + OURS, values) == 1;
        }
    }

    private static @Nullable String cut(@Nullable String note) {
        return note != null && note.length() > 2000 ? note.substring(0, 2000) : note;
    }
}
