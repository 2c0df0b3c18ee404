package io.goose.it.redis;

import io.goose.broker.redis.RedisBrokerFactory;
import io.goose.it.server.Fault;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Occurrence;
import io.goose.it.server.RespRequest;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ReplyCutter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Brokers on one Redis, in a namespace that no other test uses. */
final class RedisUnderTest implements BrokerUnderTest {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private final String namespace = "tck" + ProcessHandle.current().pid() + "-" + NAMESPACES.incrementAndGet();
    private final Map<String, String> properties;
    private final List<FaultyProxy> proxies;

    RedisUnderTest(Map<String, String> properties) {
        this(properties, List.of());
    }

    /** Brokers that see each server through one of the proxies; there must be one for each. */
    RedisUnderTest(Map<String, String> properties, List<FaultyProxy> proxies) {
        this.properties = Map.copyOf(properties);
        this.proxies = List.copyOf(proxies);
    }

    /** The prefix of all keys. */
    String namespace() {
        return namespace;
    }

    /** The settings of a broker here. */
    BrokerSettings settings(DeadRetention dead) {
        return new BrokerSettings("main", namespace, properties, Duration.ofHours(1), dead);
    }

    @Override
    public Broker connect(DeadRetention dead) {
        return connect(settings(dead));
    }

    /** A broker with these settings, which must be right. */
    static Broker connect(BrokerSettings settings) {
        RedisBrokerFactory factory = new RedisBrokerFactory();
        List<String> problems = factory.problems(settings);
        if (!problems.isEmpty()) {
            throw new AssertionError(problems);
        }
        return factory.create(settings, (name, body) -> {
            Thread thread = new Thread(body, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.DELAY,
                Capability.SCHEDULED_LIST,
                Capability.WAITING_LIST,
                Capability.WAITING_FIND,
                Capability.WAITING_DELETE,
                Capability.PRIORITISE,
                Capability.WORKER_LIST,
                Capability.PAUSE,
                Capability.CANCEL,
                Capability.HANDLER_ROUTING,
                Capability.CRON,
                Capability.UNIQUE,
                Capability.BATCH,
                Capability.LIMITS,
                Capability.STATUS,
                Capability.BRANCHES);
    }

    @Override
    public Optional<ReplyCutter> replyCutter() {
        return proxies.isEmpty() ? Optional.empty() : Optional.of(this::cutNextReply);
    }

    private ReplyCutter.Cut cutNextReply(ReplyCutter.Request kind) {
        AtomicBoolean armed = new AtomicBoolean(true); // one reply of all, whichever server it comes from
        Predicate<RespRequest> next = request -> which(kind).test(request) && armed.getAndSet(false);
        List<Fault> faults = proxies.stream()
                .map(proxy -> proxy.cutReply(Occurrence.next(next)))
                .toList();
        return () -> faults.stream().mapToInt(Fault::times).sum();
    }

    /** Requests are told apart by the keys that they pass. */
    static Predicate<RespRequest> which(ReplyCutter.Request kind) {
        return switch (kind) {
            case SEND -> request -> passes(request, ":send:");
            case CLAIM -> request -> passes(request, ":tok");
            case SETTLE ->
                request -> passes(request, ":lease:")
                        && (passes(request, ":in")
                                || (request.arguments().get(2).equals("4") && endsWith(request, 4, ":body")));
            case ADD -> request -> passes(request, ":bm:");
        };
    }

    private static boolean passes(RespRequest request, String part) {
        return request.command().startsWith("EVAL")
                && request.arguments().stream()
                        .skip(3)
                        .limit(Integer.parseInt(request.arguments().get(2)))
                        .anyMatch(key -> part.endsWith(":") ? key.contains(part) : key.endsWith(part));
    }

    private static boolean endsWith(RespRequest request, int index, String end) {
        return request.arguments().size() > index
                && request.arguments().get(index).endsWith(end);
    }

    @Override
    public void close() {
        // the namespace is not used again, and the server ends with the tests
    }
}
