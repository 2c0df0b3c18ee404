package io.goose.broker.jca;

import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.CancelListener;
import io.goose.spi.EvictionListener;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import jakarta.resource.cci.MappedRecord;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The adapter's side of the boundary: answers calls by a broker that it has. Thread-safe.
 *
 * @since 0.1
 */
public final class Served implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Served.class.getName());

    private final Broker broker;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private volatile boolean hasLostBroker;

    /**
     * Serves a broker.
     *
     * @param broker is closed with this
     */
    public Served(Broker broker) {
        this.broker = broker;
    }

    /**
     * Answers a call. What goes wrong is in the reply.
     *
     * @param call made by {@link RemoteBroker}, in this or in another copy of Goose's classes
     */
    public MappedRecord<?, ?> call(Map<?, ?> call) {
        Map<String, @Nullable Object> reply = new HashMap<>();
        reply.put(Calls.VERSION, Calls.PROTOCOL);
        reply.put(Calls.LIBRARY, Calls.library());
        try {
            reply.put(Calls.RESULT, answer(call));
        } catch (InterruptedException stopped) { // the other side throws it anew, or sets the flag again
            reply.putAll(Failures.tree(stopped));
        } catch (Misunderstood skew) {
            reply.putAll(Failures.tree(skew.between(call.get(Calls.LIBRARY))));
        } catch (RuntimeException | LinkageError failed) {
            hasLostBroker |= failed instanceof BrokerUnavailableException;
            LOG.log(System.Logger.Level.DEBUG, "a call over the boundary failed", failed); // its cause stays here
            reply.putAll(Failures.tree(failed));
        }
        return new CallRecord(reply);
    }

    private @Nullable Object answer(Map<?, ?> call) throws InterruptedException {
        if (!Integer.valueOf(Calls.PROTOCOL).equals(call.get(Calls.VERSION))) {
            throw new UnsupportedCapabilityException("GOOSE-3161: the application (Goose " + call.get(Calls.LIBRARY)
                    + ") speaks version " + call.get(Calls.VERSION) + " to the resource adapter (Goose "
                    + Calls.library() + "), which speaks version " + Calls.PROTOCOL
                    + "; deploy the adapter of the application's version");
        }
        String on = String.valueOf(call.get(Calls.ON));
        String key = String.valueOf(call.get(Calls.CALL));
        List<?> arguments = call.get(Calls.ARGUMENTS) instanceof List<?> given ? given : List.of();
        if (on.startsWith(Calls.SESSION)) {
            try {
                return Trees.of(invoke(Session.class, session(on), key, arguments, call));
            } finally {
                if (key.equals("close/0")) {
                    sessions.remove(on);
                }
            }
        }
        if (on.equals(Calls.BROKER)) {
            return ofBroker(key, arguments, call);
        }
        Method part = Calls.find(Broker.class, on.substring(on.indexOf('.') + 1) + "/0")
                .filter(Calls::isPart)
                .orElseThrow(() -> Failures.ofAge(on, call.get(Calls.LIBRARY)));
        Object owner = Objects.requireNonNull(invoke(part, broker, List.of()));
        return Trees.of(invoke(part.getReturnType(), owner, key, arguments, call));
    }

    private @Nullable Object ofBroker(String key, List<?> arguments, Map<?, ?> call) throws InterruptedException {
        Object result = invoke(Broker.class, broker, key, arguments, call);
        if (result instanceof Session session) {
            String name = Calls.SESSION + numbers.incrementAndGet();
            sessions.put(name, session);
            return name;
        }
        return Trees.of(result instanceof CompletionStage<?> sending ? noted(await(sending)) : result);
    }

    private Object noted(Object sent) {
        hasLostBroker |= sent instanceof List<?> results
                && results.stream().anyMatch(result -> result instanceof SendResult.Unknown);
        return sent;
    }

    private Session session(String name) {
        Session session = sessions.get(name);
        if (session == null) {
            throw new IllegalStateException("GOOSE-3162: the resource adapter has no " + name
                    + ": it was started anew, or its connection was ended; restart the application's workers");
        }
        return session;
    }

    private @Nullable Object invoke(Class<?> type, Object target, String key, List<?> arguments, Map<?, ?> call) {
        Method method = Calls.find(type, key)
                .orElseThrow(() -> Failures.ofAge(type.getSimpleName() + '.' + key, call.get(Calls.LIBRARY)));
        return invoke(method, target, arguments);
    }

    private static @Nullable Object invoke(Method method, Object target, List<?> arguments) {
        Type[] types = method.getGenericParameterTypes();
        @Nullable Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = argument(arguments.get(i), types[i]);
        }
        return Failures.unwrapped(Calls.key(method), () -> method.invoke(target, values));
    }

    /** A listener is a standard function on the other side. */
    @SuppressWarnings("unchecked")
    private static @Nullable Object argument(@Nullable Object tree, Type type) {
        if (type == CancelListener.class) {
            return new Cancellations((BiConsumer<@Nullable Object, @Nullable Object>) Objects.requireNonNull(tree));
        }
        if (type == EvictionListener.class) {
            BiConsumer<Object, Object> told = (BiConsumer<Object, Object>) Objects.requireNonNull(tree);
            return (EvictionListener) told::accept;
        }
        return Trees.read(tree, type);
    }

    /** Passes on what a session hears; nothing at all for what it may have missed. */
    private record Cancellations(BiConsumer<@Nullable Object, @Nullable Object> told) implements CancelListener {
        @Override
        public void cancelled(JobId id, long token) {
            told.accept(id.value(), token);
        }

        @Override
        public void missed() {
            told.accept(null, null);
        }
    }

    private Object await(CompletionStage<?> sending) throws InterruptedException {
        try {
            return sending.toCompletableFuture().get(broker.answersWithin().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException silent) {
            throw new BrokerUnavailableException(
                    "GOOSE-3170: " + broker.describe() + " did not answer within " + broker.answersWithin(), silent);
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw cause instanceof RuntimeException thrown ? thrown : new CompletionException(cause);
        }
    }

    /** Tries out whether the broker can be used; throws {@link GooseException} if not. */
    public void check() {
        broker.check();
    }

    /** Whether the broker was away in a call since this was made. */
    public boolean hasLostBroker() {
        return hasLostBroker;
    }

    /** Whether somebody leases jobs by this; what they hold would be lost with it. */
    public boolean hasSessions() {
        return !sessions.isEmpty();
    }

    /** What it is, for people. */
    public String describe() {
        return broker.describe();
    }

    /** Forgets a client: its sessions end, and nobody is told of evictions any more. */
    public void release() {
        broker.onEviction(EvictionListener.NONE);
        sessions.values().forEach(session -> {
            try {
                session.close();
            } catch (RuntimeException away) { // its leases expire
                LOG.log(System.Logger.Level.DEBUG, "a session that was left open was not closed cleanly", away);
            }
        });
        sessions.clear();
    }

    /** Ends the broker. Sessions that are left die with it: what they lease may still be running on the other side. */
    @Override
    public void close() {
        sessions.clear();
        broker.close();
    }
}
