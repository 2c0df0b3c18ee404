package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.CronLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * Recurring jobs. An entry is in the slot of the queue of its jobs, so that a tick and its job are one step; a hash of its own says
 * which queue that is. An entry that changes its queue leaves a note of where it goes, arrives there, and the note is removed: a
 * crash between any two leaves the note, which is due, so that whoever looks next ends the move. Thread-safe; blocks the calling
 * thread.
 */
final class RedisCrons implements CronLedger {

    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_ROUNDS = 20;
    private static final byte[] NOTHING = new byte[0];
    private static final char MOVES = '>';

    private final Exchange exchange;
    private final Registry registry;
    private final Records records;
    private final Manner manner;
    private final CronHomes homes;

    /**
     * How jobs are added and found, which is not the same in the ledger of a transport.
     *
     * @param apply the script that changes an entry and adds its jobs
     * @param retention how long it is known that a job was added
     * @param looking finds a job
     */
    record Manner(Script apply, Duration retention, BiFunction<String, JobId, Optional<StoredJob>> looking) {}

    RedisCrons(Exchange exchange, Registry registry, Records records, Manner manner) {
        this.exchange = exchange;
        this.registry = registry;
        this.records = records;
        this.manner = manner;
        this.homes = new CronHomes(exchange, registry.cronHomes());
    }

    private static byte[] bytes(@Nullable Instant time) {
        return time == null ? NOTHING : QueueKeys.bytes(time.toEpochMilli());
    }

    @Override
    public Instant now() {
        List<Object> time = exchange.run("ask for the time", Call.command(registry.cronHomes(), Command.TIME))
                .list();
        long seconds = Long.parseLong(Records.text((byte[]) time.get(0)));
        long micros = Long.parseLong(Records.text((byte[]) time.get(1)));
        return Instant.ofEpochMilli(seconds * 1000 + micros / 1000);
    }

    // --- looking

    @Override
    public Due due(int most) {
        List<String> queues = homes.inUse();
        if (queues.isEmpty()) {
            return new Due(List.of(), null, now());
        }
        List<Answer> answers = exchange.run(queues.stream()
                .map(queue -> {
                    QueueKeys keys = registry.keys(queue);
                    return Call.script(
                            Script.CRON_DUE,
                            keys,
                            keys.of(Script.CRON_DUE),
                            List.of(QueueKeys.bytes(most), QueueKeys.bytes(MOST_BYTES)));
                })
                .toList());
        List<Kept> due = new ArrayList<>();
        Instant now = Instant.EPOCH;
        long next = Long.MAX_VALUE;
        for (int i = 0; i < queues.size(); i++) {
            List<Object> reply = exchange.checked("look for cron entries that are due", answers.get(i))
                    .list();
            Instant here = Instant.ofEpochMilli((Long) reply.get(0));
            now = here.isAfter(now) ? here : now;
            next = (Long) reply.get(1) < 0 ? next : Math.min(next, (Long) reply.get(1));
            for (int at = 2; at < reply.size(); at += 4) {
                String name = Records.text((byte[]) reply.get(at));
                Kept kept = kept(name, queues.get(i), reply, at + 1);
                if (isMoving(kept)) {
                    endMove(kept);
                    next = 0;
                } else {
                    due.add(kept);
                }
            }
        }
        due.sort(Comparator.comparing(kept -> Objects.requireNonNullElse(kept.due(), Instant.MAX)));
        List<Kept> first = due.size() > most ? due.subList(0, most) : due;
        return new Due(
                first,
                due.size() > most ? Duration.ZERO : next == Long.MAX_VALUE ? null : Duration.ofMillis(next),
                now);
    }

    private static Kept kept(String name, String queue, List<Object> reply, int at) {
        String stored = Records.text((byte[]) reply.get(at + 1));
        int end = stored.indexOf('|');
        String score = Records.text((byte[]) reply.get(at + 2));
        return new Kept(
                name,
                queue,
                Records.text((byte[]) reply.get(at)),
                stored.substring(end + 1),
                score.isEmpty() ? null : Instant.ofEpochMilli((long) Double.parseDouble(score)),
                stored.substring(0, end));
    }

    private Optional<Kept> in(String queue, String name) {
        QueueKeys keys = registry.keys(queue);
        Call call = Call.script(Script.CRON_FIND, keys, keys.of(Script.CRON_FIND), List.of(QueueKeys.bytes(name)));
        List<Object> reply =
                exchange.run("look for cron entry '" + name + "'", call).list();
        return reply.isEmpty() ? Optional.empty() : Optional.of(kept(name, queue, reply, 0));
    }

    @Override
    public Optional<Kept> find(String name) {
        return find(name, homes.of(name));
    }

    private Optional<Kept> find(String name, String said) {
        for (String queue : CronHomes.queues(said)) {
            Optional<Kept> found = in(queue, name);
            if (found.isPresent()) {
                return isMoving(found.get()) ? in(endMove(found.get()), name) : found;
            }
        }
        return Optional.empty();
    }

    @Override
    public long size() {
        return homes.all().size();
    }

    @Override
    public List<Kept> list(int offset, int limit) {
        Map<String, String> all = homes.all();
        List<Kept> some = new ArrayList<>();
        int skipped = 0;
        for (Map.Entry<String, String> entry : all.entrySet()) {
            if (some.size() == limit) {
                break;
            }
            if (skipped++ >= offset) {
                find(entry.getKey(), entry.getValue()).ifPresent(some::add);
            }
        }
        return List.copyOf(some);
    }

    @Override
    public boolean isUnderWay(String queue, JobId id) {
        return manner.looking()
                .apply(queue, id)
                .map(StoredJob::place)
                .filter(place -> place != Place.DEAD && place != Place.PARKED)
                .isPresent();
    }

    // --- changing

    @Override
    public List<Boolean> apply(List<Change> changes) {
        registry.requireAll(changes.stream()
                .map(change -> QueueNames.check(change.next().queue()))
                .distinct()
                .toList());
        Map<Integer, Boolean> results = new HashMap<>();
        List<Integer> usual = new ArrayList<>();
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            Change change = changes.get(i);
            Kept was = change.was();
            if (was == null) {
                results.put(i, create(change));
            } else if (!was.queue().equals(change.next().queue())) {
                results.put(i, move(was, change.next()));
            } else {
                usual.add(i);
                calls.add(call(change));
            }
        }
        List<Answer> answers = exchange.run(calls);
        for (int n = 0; n < answers.size(); n++) {
            results.put(usual.get(n), isApplied(answers.get(n)));
        }
        List<Boolean> applied = new ArrayList<>(changes.size());
        for (int i = 0; i < changes.size(); i++) {
            applied.add(results.getOrDefault(i, false));
        }
        return applied;
    }

    private boolean isApplied(Answer answer) {
        return exchange.checked("change a cron entry", answer).number() == 1;
    }

    private Call call(Change change) {
        Kept was = change.was();
        Kept next = change.next();
        QueueKeys keys = registry.keys(next.queue());
        boolean sameDefinition = was != null && was.definition().equals(next.definition());
        List<byte[]> arguments = new ArrayList<>(List.of(
                QueueKeys.bytes(registry.wakePrefix()),
                keys.queueBytes,
                QueueKeys.bytes(manner.retention().toMillis()),
                QueueKeys.bytes(next.name()),
                was == null ? NOTHING : QueueKeys.bytes(was.version()),
                QueueKeys.bytes(next.version()),
                sameDefinition ? NOTHING : QueueKeys.bytes(next.definition()),
                QueueKeys.bytes(next.state()),
                bytes(next.due())));
        for (QueuedJob job : change.jobs()) {
            arguments.add(QueueKeys.bytes(job.id().value()));
            arguments.add(job.marked() ? QueueKeys.bytes(job.state().moves()) : NOTHING);
            arguments.add(records.encode(job.state()));
            arguments.add(job.envelope().bytes());
        }
        return Call.script(manner.apply(), keys, keys.of(manner.apply()), arguments)
                .durably();
    }

    private boolean create(Change change) {
        String name = change.next().name();
        String queue = change.next().queue();
        String said = homes.say(name, "", queue);
        if (!said.equals(queue)) {
            // It is another's, or was: who was about to make it there died, or deleted it and did not say so.
            boolean free =
                    find(name, said).isEmpty() && homes.say(name, said, queue).equals(queue);
            if (!free) {
                return false;
            }
        }
        return isApplied(exchange.run(List.of(call(change))).get(0));
    }

    private boolean move(Kept was, Kept next) {
        String name = next.name();
        String said = homes.of(name);
        String both = next.queue() + ',' + was.queue();
        if (find(name, said).map(Kept::version).filter(next.version()::equals).isPresent()) {
            return true; // it was moved before, and the answer was lost
        }
        if (!said.equals(both)
                && (!CronHomes.queues(said).contains(was.queue())
                        || !homes.say(name, said, both).equals(both))) {
            return false;
        }
        Instant due = next.due();
        String note = MOVES + next.queue() + ',' + (due == null ? "" : due.toEpochMilli()) + ',' + next.state();
        Kept moving = new Kept(name, was.queue(), next.definition(), note, Instant.ofEpochMilli(0), next.version());
        if (!isApplied(
                exchange.run(List.of(call(new Change(was, moving, List.of())))).get(0))) {
            return false;
        }
        endMove(moving);
        return true;
    }

    private static boolean isMoving(Kept kept) {
        return !kept.state().isEmpty() && kept.state().charAt(0) == MOVES;
    }

    /** Ends a move that was noted; returns the queue to which it goes. What was done before is known by the version. */
    private String endMove(Kept moving) {
        String[] parts = moving.state().substring(1).split(",", 3);
        String to = parts[0];
        QueueKeys there = registry.keys(to);
        registry.requireAll(List.of(to));
        Call arrive = Call.script(
                Script.CRON_ARRIVE,
                there,
                there.of(Script.CRON_ARRIVE),
                List.of(
                        QueueKeys.bytes(moving.name()),
                        QueueKeys.bytes(moving.version()),
                        QueueKeys.bytes(moving.definition()),
                        QueueKeys.bytes(parts[2]),
                        QueueKeys.bytes(parts[1])));
        exchange.run("move cron entry '" + moving.name() + "' to queue '" + to + "'", arrive.durably());
        remove(moving.queue(), moving.name(), moving.version());
        homes.say(moving.name(), to + ',' + moving.queue(), to);
        return to;
    }

    private boolean remove(String queue, String name, String version) {
        QueueKeys keys = registry.keys(queue);
        Call call = Call.script(
                Script.CRON_REMOVE,
                keys,
                keys.of(Script.CRON_REMOVE),
                List.of(QueueKeys.bytes(name), QueueKeys.bytes(version)));
        return exchange.run("delete cron entry '" + name + "'", call.durably().once())
                        .number()
                == 1;
    }

    @Override
    public boolean delete(String name) {
        boolean deleted = false;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            String said = homes.of(name);
            for (String queue : CronHomes.queues(said)) {
                deleted |= remove(queue, name, "");
            }
            if (said.isEmpty() || homes.say(name, said, "").isEmpty()) {
                // Somebody may have made it anew between the two.
                for (String queue : CronHomes.queues(said)) {
                    if (in(queue, name).isPresent()) {
                        homes.say(name, "", queue);
                    }
                }
                return deleted;
            }
        }
        return deleted;
    }
}
