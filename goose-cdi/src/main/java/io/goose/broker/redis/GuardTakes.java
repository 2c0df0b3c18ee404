package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.broker.redis.Callers.Caller;
import io.goose.broker.redis.GuardCalls.Item;
import io.goose.broker.redis.GuardCalls.Manner;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.GuardedLedger.Taken;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/**
 * What a ledger gives out to be sent to its transport. A taking that was not answered is asked for again by the next one, which gets
 * what the first one took: else it would have to wait until the hold is over. Thread-safe.
 */
final class GuardTakes {

    private static final System.Logger LOG = System.getLogger(GuardTakes.class.getPackageName());
    private static final byte[] DUE = QueueKeys.bytes("due");
    private static final byte[] STRAYS = QueueKeys.bytes("strays");
    private static final byte[] ZERO = QueueKeys.bytes(0);
    private static final byte[] SENT = QueueKeys.bytes("sent");
    private static final byte[] LATER = QueueKeys.bytes("later");

    private final GuardParts parts;
    private final GuardCalls calls;
    private final Rota rota;
    private final Map<String, Callers> takers = new ConcurrentHashMap<>();
    private final Map<String, Callers> seekers = new ConcurrentHashMap<>();

    GuardTakes(GuardParts parts, GuardCalls calls) {
        this.parts = parts;
        this.calls = calls;
        this.rota = new Rota(parts.registry());
    }

    Due take(String queue, int most, Duration hold) {
        List<Object> reply = take(takers, parts.registry().keys(queue), DUE, most, hold);
        if (Long.valueOf(1).equals(reply.get(0))) {
            return Due.PAUSED;
        }
        long next = (Long) reply.get(5);
        return new Due(taken(queue, reply), next < 0 ? null : Duration.ofMillis(next), false);
    }

    private List<Object> take(Map<String, Callers> pools, QueueKeys queue, byte[] which, int most, Duration hold) {
        Callers pool = pools.computeIfAbsent(queue.queue, name -> new Callers());
        Caller caller = pool.take();
        try {
            List<byte[]> arguments = List.of(
                    caller.nextOrSame(),
                    which,
                    QueueKeys.bytes(Math.min(most, GuardCalls.MOST)),
                    QueueKeys.bytes(GuardCalls.MOST_BYTES),
                    QueueKeys.bytes(hold.toMillis()));
            Call call =
                    Call.script(Script.LEDGER_TAKE, queue, queue.of(Script.LEDGER_TAKE, caller.key(queue)), arguments);
            List<Object> reply = parts.exchange()
                    .run("take jobs of queue '" + queue.queue + "' from the ledger", call)
                    .list();
            caller.answered();
            return reply;
        } finally {
            pool.giveBack(caller);
        }
    }

    private List<Taken> taken(String queue, List<Object> reply) {
        List<?> ids = (List<?>) reply.get(1);
        List<?> fences = (List<?>) reply.get(2);
        List<?> records = (List<?>) reply.get(3);
        List<?> envelopes = (List<?>) reply.get(4);
        byte[] lanes = (byte[]) reply.get(7);
        List<Taken> taken = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            QueuedJob job = parts.records()
                    .job(
                            queue,
                            (byte[]) ids.get(i),
                            (byte[]) envelopes.get(i),
                            (byte[]) records.get(i),
                            Lane.FRONT,
                            null);
            DeliveryState state = job.state().withLane(lanes[i] == 'b' ? Lane.BACK : Lane.FRONT);
            taken.add(
                    new Taken(new QueuedJob(job.queue(), job.id(), job.envelope(), state, true), (Long) fences.get(i)));
        }
        Claimer.reportMissing(queue, (List<?>) reply.get(6));
        return taken;
    }

    /** A job with as many moves as its row has. */
    static QueuedJob asSent(QueuedJob job, int moves) {
        DeliveryState state = job.state();
        DeliveryState next = new DeliveryState(
                state.attempt(),
                moves,
                state.crashes(),
                state.lane(),
                state.notBefore(),
                state.unknownSince(),
                state.failures());
        return new QueuedJob(job.queue(), job.id(), job.envelope(), next, true);
    }

    /** Those of one node that is away are not to hide those of the others. */
    List<Taken> takeStrays(int most, Duration hold) {
        List<QueueKeys> queues = rota.next();
        List<Answer> heads = parts.exchange()
                .run(queues.stream()
                        .map(queue -> Call.command(queue.route(), Command.ZRANGE, queue.key("sent"), ZERO, ZERO))
                        .toList());
        List<Taken> all = new ArrayList<>();
        @Nullable GooseException failure = null;
        for (int i = 0; i < queues.size() && all.size() < most; i++) {
            QueueKeys queue = queues.get(i);
            try {
                if (!parts.exchange()
                        .checked("look for jobs of queue '" + queue.queue + "' that were not sent", heads.get(i))
                        .list()
                        .isEmpty()) {
                    all.addAll(taken(queue.queue, take(seekers, queue, STRAYS, most - all.size(), hold)));
                }
            } catch (GooseException away) { // a sweep asks again
                LOG.log(Level.DEBUG, "strays of queue {0} are looked for later: {1}", queue.queue, away.getMessage());
                failure = away;
            }
        }
        if (failure != null && all.isEmpty()) {
            throw failure;
        }
        return all;
    }

    void sent(List<Taken> taken) {
        tell("note that " + taken.size() + " jobs were sent", List.of(SENT, ZERO), taken);
    }

    void putOff(List<Taken> taken, Duration after) {
        tell("put " + taken.size() + " jobs off", List.of(LATER, QueueKeys.bytes(after.toMillis())), taken);
    }

    private void tell(String what, List<byte[]> header, List<Taken> taken) {
        List<Item> items = taken.stream()
                .map(each -> new Item(
                        each.job().queue(),
                        List.of(QueueKeys.bytes(each.job().id().value()), QueueKeys.bytes(each.token()))))
                .toList();
        calls.run(what, Script.LEDGER_TOLD, Manner.PLAIN, header, items);
    }
}
