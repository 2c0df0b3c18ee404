package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.broker.redis.Standing.Held;
import io.goose.job.BatchId;
import io.goose.job.QueuedJob;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Effect;
import io.goose.spi.MemberMark;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One call that settles some leases of one queue: the fast one if all jobs ran to their end, else the full one.
 *
 * @param call what is sent; repeating it gives the first answers
 * @param held the leases, in the order of the answers
 */
record SettleCall(Call call, List<Held> held) {

    private static final byte[] NOTHING = new byte[0];
    private static final byte[] MARK = QueueKeys.bytes("*");

    /** What the calls of a broker have in common. */
    static final class Writer {
        private final Records records;
        private final byte[] wakePrefix;
        private final DeadRetention dead;
        private final Duration retention;

        Writer(Records records, String wakePrefix, DeadRetention dead, Duration retention) {
            this.records = records;
            this.wakePrefix = QueueKeys.bytes(wakePrefix);
            this.dead = dead;
            this.retention = retention;
        }

        /** What is kept of the dead. */
        DeadRetention dead() {
            return dead;
        }

        /** A numbered settle of leases that are all different. */
        SettleCall settle(Standing standing, long number, List<Settlement> settlements, List<Held> held) {
            boolean allDone = settlements.stream()
                    .allMatch(one -> removes(one.outcome())
                            && one.effects().isEmpty()
                            && BatchId.ofMember(one.lease().job().id()).isEmpty());
            return allDone && !standing.limited
                    ? done(standing, number, held)
                    : full(standing, number, settlements, held);
        }

        /** What a branch settles, as the items of an unnumbered settle without needs. */
        List<byte[]> items(QueueKeys queue, List<Settlement> settlements, List<Held> held) {
            List<byte[]> arguments = new ArrayList<>();
            items(arguments, queue, settlements, held);
            return arguments;
        }

        /** What the fast call would do, where that is not for a queue with limits. */
        SettleCall wholeDone(Standing standing, SettleCall fast) {
            List<byte[]> arguments = header(standing, standing.settles, Set.of());
            fast.held().forEach(one -> item(arguments, one, "D", NOTHING, NOTHING, NOTHING, 0));
            return call(standing, Set.of(), false, arguments, fast.held());
        }

        /** An unnumbered return of leases that were not started: the head of the queue is pushed last. */
        SettleCall giveBack(Standing standing, List<Held> held) {
            List<byte[]> arguments = header(standing, 0, Set.of());
            List<Held> reversed = new ArrayList<>(held.size());
            for (int i = held.size() - 1; i >= 0; i--) {
                reversed.add(held.get(i));
                item(arguments, held.get(i), "U", NOTHING, NOTHING, NOTHING, 0);
            }
            return call(standing, Set.of(), false, arguments, reversed);
        }

        /** An unnumbered return of leases that this session does not know of. */
        Call giveBackUnknown(Standing standing, List<byte[]> idsAndValues) {
            List<byte[]> arguments = header(standing, 0, Set.of());
            for (int i = idsAndValues.size() - 2; i >= 0; i -= 2) {
                item(arguments, idsAndValues.get(i), idsAndValues.get(i + 1), "U", NOTHING, NOTHING, NOTHING, 0);
            }
            return call(standing, Set.of(), false, arguments, List.of()).call();
        }

        private static SettleCall done(Standing standing, long number, List<Held> held) {
            List<byte[]> arguments = new ArrayList<>(3 + 2 * held.size());
            arguments.add(standing.idBytes);
            arguments.add(QueueKeys.bytes(number));
            arguments.add(QueueKeys.bytes(held.size()));
            held.forEach(one -> arguments.add(id(one)));
            held.forEach(one -> arguments.add(one.value()));
            return new SettleCall(
                    Call.script(
                            Script.DONE, standing.queue, standing.queue.of(Script.DONE, standing.leaseKey), arguments),
                    held);
        }

        private SettleCall full(Standing standing, long number, List<Settlement> settlements, List<Held> held) {
            Set<String> needs = new LinkedHashSet<>();
            for (Settlement settlement : settlements) {
                if (settlement.outcome() instanceof Outcome.Release release && release.need() != null) {
                    needs.add(Needs.stored(release.need()));
                } else if (settlement.outcome() instanceof Outcome.Parked parked && parked.need() != null) {
                    needs.add(Needs.stored(parked.need()));
                }
            }
            List<byte[]> arguments = header(standing, number, needs);
            boolean more = items(arguments, standing.queue, settlements, held);
            return call(standing, needs, more, arguments, held);
        }

        /** Adds one item for each; whether one needs the keys that few have. */
        private boolean items(List<byte[]> arguments, QueueKeys queue, List<Settlement> settlements, List<Held> held) {
            boolean more = false;
            for (int i = 0; i < held.size(); i++) {
                Settlement settlement = settlements.get(i);
                MemberMark mark = MemberMark.of(
                                settlement, settlement.lease().job().state().moves())
                        .orElse(null);
                List<Effect> effects = settlement.effects().stream()
                        .filter(effect -> !(effect instanceof Effect.BatchMark))
                        .toList();
                item(arguments, held.get(i), settlement, queue.queue, effects.size() + (mark == null ? 0 : 1));
                for (Effect effect : effects) {
                    effect(arguments, held.get(i), effect, queue.queue);
                    more |= effect instanceof Effect.ReleaseUnique || effect instanceof Effect.PutResult;
                }
                if (mark != null) {
                    effect(arguments, mark);
                }
            }
            return more;
        }

        private List<byte[]> header(Standing standing, long number, Set<String> needs) {
            List<byte[]> arguments = new ArrayList<>();
            arguments.add(standing.idBytes);
            arguments.add(QueueKeys.bytes(number));
            arguments.add(wakePrefix);
            arguments.add(standing.queue.queueBytes);
            arguments.add(QueueKeys.bytes(dead.max()));
            arguments.add(QueueKeys.bytes(dead.maxAge().toMillis()));
            arguments.add(QueueKeys.bytes(retention.toMillis()));
            arguments.add(QueueKeys.bytes(needs.size()));
            needs.forEach(need -> arguments.add(QueueKeys.bytes(need)));
            return arguments;
        }

        private static SettleCall call(
                Standing standing, Set<String> needs, boolean hasMore, List<byte[]> arguments, List<Held> held) {
            List<byte[]> more = new ArrayList<>();
            more.add(standing.leaseKey);
            for (String need : needs) {
                more.add(standing.queue.lane(need));
                more.add(standing.queue.suspectLane(need));
                more.add(standing.queue.unknown(need));
            }
            if (hasMore) {
                more.add(standing.queue.key("uniq"));
                more.add(standing.queue.key("result"));
                more.add(standing.queue.key("resultt"));
            }
            return new SettleCall(
                    Call.script(Script.SETTLE, standing.queue, standing.queue.of(Script.SETTLE, more), arguments),
                    held);
        }

        private void item(List<byte[]> arguments, Held held, Settlement settlement, String queue, int effects) {
            Outcome outcome = settlement.outcome();
            if (outcome instanceof Outcome.Retry retry) {
                byte[] record = records.encodeAlways(retry.next().withCrashes(0));
                Optional<String> problem = QueueNames.problem(retry.queue());
                if (problem.isPresent()) { // nobody would ever look into it
                    byte[] reason = QueueKeys.bytes(
                            "its retries belong to queue '" + retry.queue() + "', which cannot be: " + problem.get());
                    item(arguments, held, "P", reason, NOTHING, NOTHING, effects);
                    return;
                }
                boolean here = retry.queue().equals(queue);
                byte[] to = here ? NOTHING : QueueKeys.bytes(retry.queue());
                item(arguments, held, here ? "R" : "Q", millis(retry.after()), record, to, effects);
            } else if (outcome instanceof Outcome.Dead death) {
                item(arguments, held, "X", records.encodeAlways(death.last()), NOTHING, NOTHING, effects);
            } else if (outcome instanceof Outcome.Release release) {
                String need = release.need();
                byte[] needed = need == null ? NOTHING : QueueKeys.bytes(Needs.stored(need));
                item(arguments, held, "L", millis(release.after()), needed, NOTHING, effects);
            } else if (outcome instanceof Outcome.Snooze snooze) {
                item(arguments, held, "Z", millis(snooze.after()), NOTHING, NOTHING, effects);
            } else if (outcome instanceof Outcome.Parked parked) {
                String need = parked.need();
                byte[] needed = need == null ? NOTHING : QueueKeys.bytes(Needs.stored(need));
                item(arguments, held, "P", QueueKeys.bytes(parked.reason()), needed, NOTHING, effects);
            } else if (outcome instanceof Outcome.Deferred) { // to the front, where a claim looks whether it may run
                item(arguments, held, "L", millis(Duration.ZERO), NOTHING, NOTHING, effects);
            } else {
                item(arguments, held, "D", NOTHING, NOTHING, NOTHING, effects);
            }
        }

        private void effect(List<byte[]> arguments, Held held, Effect effect, String queue) {
            if (effect instanceof Effect.Enqueue enqueue) {
                QueuedJob job = enqueue.job();
                arguments.add(job.queue().equals(queue) ? NOTHING : QueueKeys.bytes(job.queue()));
                Sender.add(arguments, records, job, true);
            } else if (effect instanceof Effect.ReleaseUnique release) {
                UniqueReleases.add(arguments, release, id(held), queue);
            } else if (effect instanceof Effect.PutResult put) {
                RedisResults.add(arguments, put, id(held));
            }
        }

        private static void effect(List<byte[]> arguments, MemberMark mark) {
            arguments.add(MARK);
            arguments.add(QueueKeys.bytes(String.valueOf(mark.state().letter())));
            arguments.add(QueueKeys.bytes(mark.version()));
            arguments.addAll(List.of(NOTHING, NOTHING, NOTHING, NOTHING));
        }

        private static void item(
                List<byte[]> arguments, Held held, String operation, byte[] a, byte[] b, byte[] c, int effects) {
            item(arguments, id(held), held.value(), operation, a, b, c, effects);
        }

        @SuppressWarnings("TooManyParameters") // they are the columns of one line of arguments
        private static void item(
                List<byte[]> arguments,
                byte[] id,
                byte[] value,
                String operation,
                byte[] a,
                byte[] b,
                byte[] c,
                int effects) {
            arguments.add(id);
            arguments.add(value);
            arguments.add(QueueKeys.bytes(operation));
            arguments.add(a);
            arguments.add(b);
            arguments.add(c);
            arguments.add(QueueKeys.bytes(effects));
        }

        private static byte[] id(Held held) {
            return QueueKeys.bytes(held.lease().job().id().value());
        }

        private static byte[] millis(Duration duration) {
            return QueueKeys.bytes(duration.toMillis());
        }

        private static boolean removes(Outcome outcome) {
            return outcome instanceof Outcome.Done
                    || outcome instanceof Outcome.Cancelled
                    || outcome instanceof Outcome.Expired;
        }
    }
}
