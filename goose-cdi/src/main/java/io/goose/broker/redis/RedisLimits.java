package io.goose.broker.redis;

import io.goose.QueueNames;
import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.spi.LimitLedger;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** The limits of queues, each kept with its queue. Thread-safe. */
final class RedisLimits implements LimitLedger {

    private static final Logger LOG = System.getLogger(RedisLimits.class.getPackageName());
    private static final byte[] NOTHING = new byte[0];

    /** How often something is asked again because a session came in between, or more is to be counted. */
    private static final int MOST_ROUNDS = 20;

    private final RedisParts parts;

    RedisLimits(RedisParts parts) {
        this.parts = parts;
    }

    private QueueKeys keys(String queue) {
        return parts.registry().keys(QueueNames.check(queue));
    }

    @Override
    public Map<LimitScope, Kept> limits(String queue) {
        QueueKeys keys = keys(queue);
        List<Object> pairs = parts.exchange()
                .run(
                        "look at the limits of queue '" + queue + "'",
                        Call.command(keys.route(), Command.HGETALL, keys.key("limits")))
                .list();
        Map<LimitScope, Kept> limits = new HashMap<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            limits.put(LimitScope.ofCode(Records.text((byte[]) pairs.get(i))), read(Records.text((byte[])
                    pairs.get(i + 1))));
        }
        return limits;
    }

    private static Kept read(String text) {
        int end = text.indexOf('|');
        String[] numbers = (end < 0 ? text : text.substring(0, end)).split(" ", -1);
        Limit limit = new Limit(
                Integer.parseInt(numbers[0]),
                Long.parseLong(numbers[1]),
                Duration.ofMillis(Long.parseLong(numbers[2])));
        return new Kept(limit, end < 0 ? null : text.substring(end + 1));
    }

    private static byte[] write(Kept kept) {
        String text = Kept.text(kept.limit());
        return QueueKeys.bytes(kept.declared() == null ? text : text + '|' + kept.declared());
    }

    @Override
    public void put(String queue, LimitScope scope, Kept kept) {
        parts.registry().require(queue);
        change(keys(queue), "set a limit of queue '" + queue + "'", scope, write(kept));
    }

    @Override
    public boolean remove(String queue, LimitScope scope) {
        return change(keys(queue), "remove a limit of queue '" + queue + "'", scope, NOTHING);
    }

    private boolean change(QueueKeys keys, String what, LimitScope scope, byte[] text) {
        Counted counted = run(keys, what, QueueKeys.bytes(scope.code()), text);
        boolean was = counted.was();
        for (int round = 1; counted.more() && round <= MOST_ROUNDS; round++) { // a sweep counts what is left then
            counted = run(keys, what, NOTHING, NOTHING);
        }
        return was;
    }

    /** Counts what runs by the leases; something is wrong only if a server lost a part of what was written. */
    void audit(QueueKeys keys) {
        Counted counted = run(keys, "count what runs of queue '" + keys.queue + "'", NOTHING, NOTHING);
        if (counted.wrong() > 0) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3151: {0} leases of queue ''{1}'' were not counted as they should for its limits, as after a failover"
                            + " that lost writes; they are counted anew",
                    counted.wrong(),
                    keys.queue);
        }
    }

    private record Counted(boolean was, long wrong, boolean more) {}

    private Counted run(QueueKeys keys, String what, byte[] scope, byte[] text) {
        for (int round = 1; round <= MOST_ROUNDS; round++) {
            List<byte[]> sessions = RedisWorkers.sessions(parts, keys);
            List<byte[]> arguments = new ArrayList<>(
                    List.of(QueueKeys.bytes(parts.registry().wakePrefix()), keys.queueBytes, scope, text));
            arguments.addAll(sessions);
            List<byte[]> leases = sessions.stream()
                    .map(session -> keys.lease(Records.text(session)))
                    .toList();
            Call call = Call.script(Script.LIMIT_PUT, keys, keys.of(Script.LIMIT_PUT, leases), arguments);
            List<Object> reply = parts.exchange().run(what, call.once()).list();
            if ((Long) reply.get(0) >= 0) {
                return new Counted(
                        Long.valueOf(1).equals(reply.get(0)),
                        (Long) reply.get(1),
                        Long.valueOf(1).equals(reply.get(2)));
            } // else a session came in between, and has leases perhaps
        }
        throw parts.exchange()
                .exception(what, new RedisFault(RedisFault.Kind.NOT_NOW, "sessions come and go all the time", null));
    }

    @Override
    public long running(String queue, LimitScope scope) {
        QueueKeys keys = keys(queue);
        @Nullable Object count = parts.exchange()
                .run(
                        "look at the limits of queue '" + queue + "'",
                        Call.command(keys.route(), Command.HGET, keys.key("run"), QueueKeys.bytes(scope.code())))
                .value();
        return count == null ? 0 : Long.parseLong(Records.text((byte[]) count));
    }
}
