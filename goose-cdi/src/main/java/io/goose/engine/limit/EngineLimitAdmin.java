package io.goose.engine.limit;

import static java.lang.System.Logger.Level.INFO;

import io.goose.QueueNames;
import io.goose.admin.Limit;
import io.goose.admin.LimitAdmin;
import io.goose.admin.LimitScope;
import io.goose.spi.Broker;
import io.goose.spi.LimitLedger.Kept;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What operators do with the limits of one broker. Thread-safe. */
public final class EngineLimitAdmin implements LimitAdmin {

    private static final System.Logger LOG = System.getLogger(EngineLimitAdmin.class.getPackageName());

    private final String name;
    private final Broker broker;
    private final @Nullable String who;

    /**
     * @param name the broker's, for the log
     */
    public EngineLimitAdmin(String name, Broker broker) {
        this(name, broker, null);
    }

    private EngineLimitAdmin(String name, Broker broker, @Nullable String who) {
        this.name = name;
        this.broker = broker;
        this.who = who;
    }

    @Override
    public LimitAdmin by(String someone) {
        return new EngineLimitAdmin(name, broker, Objects.requireNonNull(someone, "who"));
    }

    @Override
    public Map<LimitScope, Limit> of(String queue) {
        Map<LimitScope, Limit> limits = new HashMap<>();
        broker.limits().limits(QueueNames.check(queue)).forEach((scope, kept) -> limits.put(scope, kept.limit()));
        return Map.copyOf(limits);
    }

    @Override
    public void set(String queue, LimitScope scope, Limit limit) {
        Kept before = broker.limits().limits(QueueNames.check(queue)).get(scope);
        broker.limits().put(queue, scope, new Kept(limit, before == null ? null : before.declared()));
        changed(queue, scope, text(limit));
    }

    @Override
    public boolean remove(String queue, LimitScope scope) {
        boolean was = broker.limits().remove(QueueNames.check(queue), scope);
        if (was) {
            changed(queue, scope, "none");
        }
        return was;
    }

    private static String text(Limit limit) {
        if (limit.concurrent() == 0 && limit.rate() == 0) {
            return "none";
        }
        String together = limit.concurrent() == 0 ? "" : limit.concurrent() + " at a time";
        String begun = limit.rate() == 0 ? "" : limit.rate() + " begun in " + limit.period();
        return together + (together.isEmpty() || begun.isEmpty() ? "" : " and ") + begun;
    }

    private void changed(String queue, LimitScope scope, String now) {
        LOG.log(
                INFO,
                "GOOSE-2291: the limit of {0}queue ''{1}'' of broker ''{2}'' is now {3}; by {4}",
                scope.kind() == LimitScope.Kind.QUEUE ? "" : scope + " in ",
                queue,
                name,
                now,
                who == null ? "somebody" : who);
    }

    @Override
    public long running(String queue, LimitScope scope) {
        if (scope.kind() == LimitScope.Kind.EACH_KEY) {
            throw new IllegalArgumentException(
                    "GOOSE-4140: what runs is counted for a queue, a handler or a key, not for each key; name the key");
        }
        return broker.limits().running(QueueNames.check(queue), scope);
    }
}
