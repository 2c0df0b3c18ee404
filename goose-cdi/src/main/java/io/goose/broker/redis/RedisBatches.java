package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.MemberMark;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Batches, each with the queue of its callbacks. What its members become is recorded with their queues and delivered by
 * {@link BatchMarks}. Thread-safe.
 */
final class RedisBatches implements BatchLedger {

    private static final byte[] NOTHING = new byte[0];
    private static final List<String> FIELDS = List.of(
            "total",
            "retrying",
            "success",
            "dead",
            "cancelled",
            "queue",
            "created",
            "completed",
            "state",
            "sealed",
            "asked",
            "queues");

    /** What is registered is written before the batch is made, so what is younger than this is not taken for a remnant. */
    private static final Duration YOUNG = Duration.ofHours(1);

    /** When a batch is made so many others are looked at, by chance, to see whether they are still there. */
    private static final int LOOKED_AT = 3;

    private final Exchange exchange;
    private final Registry registry;
    private final Records records;
    private final Effects effects;
    private final BatchKeys homes;
    private final BatchManner manner;
    private final byte[] wakePrefix;
    private final byte[] retentionMillis;

    /**
     * @param effects which delivers what is recorded for other queues
     */
    RedisBatches(BatchKeys homes, Records records, Effects effects, BatchManner manner) {
        this.exchange = homes.exchange();
        this.registry = homes.registry();
        this.records = records;
        this.effects = effects;
        this.homes = homes;
        this.manner = manner;
        this.wakePrefix = QueueKeys.bytes(registry.wakePrefix());
        this.retentionMillis = QueueKeys.bytes(manner.retention().toMillis());
    }

    // --- changing

    @Override
    public Added add(Addition addition) {
        String what = "add jobs to batch " + addition.id();
        Plan plan = addition.plan();
        Set<String> queues = new LinkedHashSet<>();
        addition.members().forEach(job -> queues.add(QueueNames.check(job.queue())));
        Call note = plan != null && addition.from() == 0 ? homes.note(addition.id(), plan.queue()) : null;
        if (plan != null) {
            queues.add(QueueNames.check(plan.queue()));
        }
        registry.requireAll(queues);
        QueueKeys home;
        if (plan != null && note != null) {
            exchange.run(what, note);
            home = registry.keys(plan.queue());
        } else {
            Optional<QueueKeys> found = home(what, addition.id());
            if (found.isEmpty()) {
                return new Added(Result.UNKNOWN, 0);
            }
            home = found.get();
        }
        List<Object> reply = exchange.run(what, call(home, addition).durably()).list();
        if (note != null) { // again, for whoever tidies up may have taken the first note for a remnant
            exchange.run(what, note);
            tidy();
        }
        effects.deliver(home, (List<?>) reply.get(2));
        Result result =
                switch (Records.text((byte[]) reply.get(0))) {
                    case "A" -> Result.ADDED;
                    case "M" -> Result.MOVED;
                    case "O" -> Result.OVER;
                    default -> Result.UNKNOWN;
                };
        if (result == Result.ADDED) {
            queues.add(home.queue);
            queues.forEach(manner.ready());
        }
        return new Added(result, ((Long) reply.get(1)).intValue());
    }

    private Call call(QueueKeys home, Addition addition) {
        Plan plan = addition.plan();
        List<byte[]> arguments = new ArrayList<>(List.of(
                wakePrefix,
                home.queueBytes,
                retentionMillis,
                QueueKeys.bytes(addition.number()),
                QueueKeys.bytes(addition.from()),
                QueueKeys.bytes(addition.seal() ? 1 : 0),
                plan == null ? NOTHING : QueueKeys.bytes(plan.linger().toMillis()),
                QueueKeys.bytes(String.join("\n", addition.queues()) + "\n")));
        callbacks(arguments, plan);
        for (QueuedJob job : addition.members()) {
            arguments.add(job.queue().equals(home.queue) ? NOTHING : QueueKeys.bytes(job.queue()));
            Sender.add(arguments, records, job, true);
        }
        return Call.script(manner.add(), home, home.of(manner.add(), BatchKeys.of(home, addition.id())), arguments);
    }

    private static void callbacks(List<byte[]> arguments, @Nullable Plan plan) {
        List<byte[]> all = new ArrayList<>();
        if (plan != null) {
            plan.callbacks().forEach((state, jobs) -> {
                for (int n = 0; n < jobs.size(); n++) {
                    all.add(QueueKeys.bytes(state.text() + ":" + (n + 1)));
                    all.add(callback(jobs.get(n)));
                }
            });
        }
        arguments.add(QueueKeys.bytes(all.size() / 2));
        arguments.addAll(all);
    }

    private static byte[] callback(QueuedJob job) {
        byte[] id = QueueKeys.bytes(job.id().value());
        byte[] envelope = job.envelope().bytes();
        byte[] both = new byte[id.length + envelope.length];
        System.arraycopy(id, 0, both, 0, id.length);
        System.arraycopy(envelope, 0, both, id.length, envelope.length);
        return both;
    }

    @Override
    public boolean cancel(BatchId id) {
        String what = "cancel batch " + id;
        Optional<QueueKeys> home = home(what, id);
        if (home.isEmpty()) {
            return false;
        }
        Call call = Call.script(
                manner.cancel(),
                home.get(),
                home.get().of(manner.cancel(), BatchKeys.of(home.get(), id)),
                List.of(wakePrefix, home.get().queueBytes, retentionMillis));
        boolean wasInProgress = exchange.run(what, call).number() == 1;
        manner.ready().accept(home.get().queue);
        return wasInProgress;
    }

    @Override
    public boolean delete(BatchId id) {
        String what = "delete batch " + id;
        Optional<QueueKeys> home = home(what, id);
        if (home.isEmpty()) {
            return false;
        }
        List<byte[]> keys = BatchKeys.of(home.get(), id);
        long gone = exchange.run(
                        what,
                        Call.command(home.get().route(), Command.UNLINK, keys.get(0), keys.get(1))
                                .once())
                .number();
        exchange.run(what, homes.forget(id, home.get().queue));
        return gone > 0;
    }

    private Optional<QueueKeys> home(String what, BatchId id) {
        try {
            return homes.home(id);
        } catch (RedisFault fault) {
            throw exchange.exception(what, fault);
        }
    }

    /** Batches go by themselves; what was noted of them goes bit by bit, when others are made. */
    private void tidy() {
        List<Object> some = exchange.run(
                        "look at batches",
                        Call.command(
                                registry.batches(),
                                Command.ZRANDMEMBER,
                                registry.batches(),
                                QueueKeys.bytes(LOOKED_AT)))
                .list();
        find("look at batches", BatchKeys.Entry.all(some));
    }

    // --- looking

    @Override
    public Optional<Kept> find(BatchId id) {
        String what = "look for batch " + id;
        return home(what, id).flatMap(home -> find(what, List.of(new BatchKeys.Entry(id, home.queue))).stream()
                .findFirst());
    }

    private List<Kept> find(String what, List<BatchKeys.Entry> entries) {
        List<Answer> answers = exchange.run(entries.stream()
                .map(entry -> {
                    QueueKeys home = registry.keys(entry.queue());
                    List<byte[]> arguments = new ArrayList<>();
                    arguments.add(BatchKeys.of(home, entry.id()).get(0));
                    FIELDS.forEach(field -> arguments.add(QueueKeys.bytes(field)));
                    return Call.command(home.route(), Command.HMGET, arguments.toArray(byte[][]::new));
                })
                .toList());
        List<Kept> found = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            BatchKeys.Entry entry = entries.get(i);
            List<Object> fields = exchange.checked(what, answers.get(i)).list();
            if (fields.get(0) != null) {
                found.add(kept(entry.id(), fields));
            } else if (isOld(entry.id())) {
                exchange.run(what, homes.forget(entry.id(), entry.queue()));
            }
        }
        return found;
    }

    private boolean isOld(BatchId id) {
        List<Object> time = exchange.run("ask for the time", Call.command(registry.batches(), Command.TIME))
                .list();
        long seconds = Long.parseLong(Records.text((byte[]) time.get(0)));
        return id.drawn().plus(YOUNG).isBefore(Instant.ofEpochSecond(seconds));
    }

    private static Kept kept(BatchId id, List<Object> fields) {
        BatchStatus.Counts counts = new BatchStatus.Counts(
                number(fields, 0), number(fields, 1), number(fields, 2), number(fields, 3), number(fields, 4));
        String state = text(fields, 8);
        String completed = text(fields, 7);
        BatchStatus status = new BatchStatus(
                id,
                text(fields, 5),
                state.isEmpty() ? BatchState.IN_PROGRESS : BatchState.of(state),
                text(fields, 9).equals("1"),
                counts,
                Instant.ofEpochMilli(Long.parseLong(text(fields, 6))),
                completed.isEmpty() ? null : Instant.ofEpochMilli(Long.parseLong(completed)));
        Set<String> queues = new LinkedHashSet<>(List.of(text(fields, 11).split("\n", -1)));
        queues.remove("");
        return new Kept(status, !text(fields, 10).isEmpty(), queues);
    }

    private static String text(List<Object> fields, int at) {
        Object value = fields.get(at);
        return value == null ? "" : new String((byte[]) value, StandardCharsets.UTF_8);
    }

    private static int number(List<Object> fields, int at) {
        return Integer.parseInt(text(fields, at));
    }

    @Override
    public long size() {
        return exchange.run("count batches", Call.command(registry.batches(), Command.ZCARD, registry.batches()))
                .number();
    }

    @Override
    public List<Kept> list(int offset, int limit) {
        List<Object> some = exchange.run(
                        "list batches",
                        Call.command(
                                registry.batches(),
                                Command.ZREVRANGE,
                                registry.batches(),
                                QueueKeys.bytes(offset),
                                QueueKeys.bytes((long) offset + limit - 1)))
                .list();
        return List.copyOf(find("list batches", BatchKeys.Entry.all(some)));
    }

    @Override
    public List<Integer> unended(BatchId id, int from, int most) {
        String what = "look at the jobs of batch " + id;
        Optional<QueueKeys> home = home(what, id);
        if (home.isEmpty()) {
            return List.of();
        }
        List<byte[]> keys = BatchKeys.of(home.get(), id);
        byte[] route = home.get().route();
        List<Answer> answers = exchange.run(List.of(
                Call.command(route, Command.HGET, keys.get(0), QueueKeys.bytes("total")),
                Call.command(
                        route,
                        Command.GETRANGE,
                        keys.get(1),
                        QueueKeys.bytes(2L * from),
                        QueueKeys.bytes(2L * (from + most) - 1))));
        Object total = exchange.checked(what, answers.get(0)).value();
        if (total == null) {
            return List.of();
        }
        byte[] members = exchange.checked(what, answers.get(1)).bytes();
        int end = Math.min(Integer.parseInt(Records.text((byte[]) total)), from + most);
        List<Integer> open = new ArrayList<>();
        for (int i = from; i < end; i++) {
            int at = 2 * (i - from);
            int stored = at + 1 < members.length ? ((members[at] & 0xFF) << 8) | (members[at + 1] & 0xFF) : 0;
            if (!MemberMark.state(stored).isOver()) {
                open.add(i);
            }
        }
        return open;
    }
}
