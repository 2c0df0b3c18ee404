package io.goose.broker.jca;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.spi.Broker;
import io.goose.spi.EvictionListener;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import jakarta.resource.cci.Connection;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The application's side of the boundary: a broker each of whose methods is a call of the resource adapter. It is made by
 * reflection, so that a method which the SPI gets is there at once. Thread-safe.
 */
final class RemoteBroker implements InvocationHandler {

    /**
     * What is answered here: it would hand the other side something that is more than data, or is called where a transaction
     * ends, in which no connection can be taken; there the adapter knows it by itself. Or it is about one connection for good,
     * and the next call may have another one of the pool: who leads is whose connection has a queue for itself.
     */
    private static final Set<String> HERE =
            Set.of("outbox/0", "ledgerFor/1", "visit/4", "committed/1", "leads/0", "poolUse/0", "ledgerLag/0");

    private final Door door;
    private final Map<String, Object> parts = new ConcurrentHashMap<>();
    private volatile EvictionListener evictions = EvictionListener.NONE;
    private volatile @Nullable Object capabilities;

    private RemoteBroker(Door door) {
        this.door = door;
    }

    static Broker through(Door door) {
        return proxy(Broker.class, new RemoteBroker(door));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(RemoteBroker.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return OfObject.invoke(proxy, method, given, "RemoteBroker[" + door + ']');
        }
        String key = Calls.key(method);
        if (HERE.contains(key)) {
            return InvocationHandler.invokeDefault(proxy, method, given);
        }
        List<@Nullable Object> arguments = trees(given);
        return switch (key) {
            case "send/1" -> send(method, arguments);
            case "open/1" -> open(method, arguments);
            case "onEviction/1" -> {
                evictions = (EvictionListener) Objects.requireNonNull(given)[0];
                yield null;
            }
            case "capabilities/0" -> capabilities(method);
            case "describe/0" -> describe(method);
            case "close/0" -> null; // the connections are the container's
            default ->
                Calls.isPart(method)
                        ? parts.computeIfAbsent(method.getName(), name -> part(method))
                        : call(Calls.BROKER, proxy, method, given);
        };
    }

    private static List<@Nullable Object> trees(Object @Nullable [] values) {
        List<@Nullable Object> trees = new ArrayList<>();
        for (Object value : values == null ? new Object[0] : values) {
            trees.add(value instanceof EvictionListener ? null : Trees.of(value)); // which stays here
        }
        return trees;
    }

    private @Nullable Object call(String on, Object proxy, Method method, Object @Nullable [] given) throws Throwable {
        try {
            return door.call(on, method, trees(given)).as(method.getGenericReturnType());
        } catch (UnsupportedCapabilityException refused) {
            return Door.otherwise(refused, proxy, method, given);
        }
    }

    /** They do not change while the adapter is there, and are asked for where it may be away for a moment. */
    private @Nullable Object capabilities(Method method) throws Throwable {
        Object known = capabilities;
        if (known == null) {
            door.await(); // the first question of an application that starts
            known = door.call(Calls.BROKER, method, List.of()).as(method.getGenericReturnType());
            capabilities = known;
        }
        return known;
    }

    private Object describe(Method method) throws Throwable {
        try {
            return "resource adapter at " + door + ": "
                    + door.call(Calls.BROKER, method, List.of()).tree();
        } catch (GooseException away) { // a message is no reason to fail
            return "resource adapter at " + door;
        }
    }

    private CompletableFuture<List<SendResult>> send(Method method, List<?> arguments) throws Throwable {
        List<?> jobs = (List<?>) Objects.requireNonNull(arguments.get(0));
        Connection connection;
        try {
            connection = door.open();
        } catch (BrokerUnavailableException | BrokerRefusedException away) {
            return answered(jobs, false, away);
        }
        try {
            return CompletableFuture.completedFuture(results(Door.call(connection, Calls.BROKER, method, arguments)));
        } catch (BrokerUnavailableException | IllegalStateException | IllegalArgumentException lost) {
            return answered(jobs, true, lost);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return answered(jobs, true, stopped);
        } finally {
            Door.close(connection);
        }
    }

    private static List<SendResult> results(Reply reply) {
        List<SendResult> results = new ArrayList<>();
        for (Object one : (List<?>) Objects.requireNonNull(reply.tree())) {
            results.add((SendResult) new Reply(one, reply.library()).as(SendResult.class));
        }
        return results;
    }

    private static CompletableFuture<List<SendResult>> answered(List<?> jobs, boolean sent, Throwable cause) {
        return CompletableFuture.completedFuture(Collections.nCopies(jobs.size(), new SendResult.Unknown(sent, cause)));
    }

    /** A session keeps a connection, and with it what the adapter has of it, to its end. */
    private Session open(Method method, List<?> arguments) throws Throwable {
        Connection connection = door.open();
        try {
            BiConsumer<Object, Object> told = (queue, count) -> evictions.evicted((String) queue, (Long) count);
            Door.call(
                    connection,
                    Calls.BROKER,
                    Broker.class.getMethod("onEviction", EvictionListener.class),
                    List.of(told));
            Object name = Door.call(connection, Calls.BROKER, method, arguments).tree();
            return proxy(Session.class, new RemoteSession(connection, String.valueOf(name)));
        } catch (Throwable failed) {
            Door.close(connection);
            throw failed;
        }
    }

    private Object part(Method method) {
        String on = Calls.BROKER + '.' + method.getName();
        return proxy(method.getReturnType(), (proxy, called, given) -> {
            if (called.getDeclaringClass() == Object.class) {
                return OfObject.invoke(proxy, called, given, on + " at " + door);
            }
            return call(on, proxy, called, given);
        });
    }
}
