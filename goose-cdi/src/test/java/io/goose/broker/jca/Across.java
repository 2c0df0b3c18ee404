package io.goose.broker.jca;

import io.goose.spi.Broker;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.cci.Interaction;
import jakarta.resource.cci.Record;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A boundary without a container: a pool of connections to one broker, through which nothing passes but standard types. */
public final class Across {

    private final Function<Map<?, ?>, Record> adapter;
    private final AtomicInteger open = new AtomicInteger();
    private volatile UnaryOperator<Map<?, ?>> line = call -> call;
    private volatile @Nullable ResourceException refusal;

    public Across(Broker broker) {
        this(new Served(broker));
    }

    private Across(Served served) {
        this(served::call);
    }

    /** A boundary to an adapter of whichever version. */
    Across(Function<Map<?, ?>, Record> adapter) {
        this.adapter = adapter;
    }

    /** The broker as an application sees it. Closing it closes the one behind too. */
    public static Broker of(Broker broker) {
        Served served = new Served(broker);
        Across across = new Across(served);
        return (Broker) Proxy.newProxyInstance(
                Across.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, given) -> {
                    if (method.getName().equals("close")) {
                        served.close();
                        return null;
                    }
                    try {
                        return method.invoke(across.remote, given);
                    } catch (java.lang.reflect.InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private final Broker remote = RemoteBroker.through(new Door(factory()));

    Broker remote() {
        return remote;
    }

    /** How many connections are out of the pool. */
    int open() {
        return open.get();
    }

    /** Changes calls on their way. */
    void line(UnaryOperator<Map<?, ?>> change) {
        line = change;
    }

    void useUp() {
        refuse(new ResourceException("no managed connections available"));
    }

    /** Lets the pool give no connection any more. */
    void refuse(ResourceException why) {
        refusal = why;
    }

    /** What an application looks up. */
    ConnectionFactory connections() {
        return factory();
    }

    private ConnectionFactory factory() {
        return proxy(ConnectionFactory.class, (proxy, method, given) -> {
            if (!method.getName().equals("getConnection")) {
                throw new UnsupportedOperationException(method.getName());
            }
            if (refusal != null) {
                throw refusal;
            }
            open.incrementAndGet();
            return connection();
        });
    }

    private Connection connection() {
        return proxy(Connection.class, (proxy, method, given) -> switch (method.getName()) {
            case "createInteraction" -> interaction();
            case "close" -> open.decrementAndGet();
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Interaction interaction() {
        return proxy(Interaction.class, (proxy, method, given) -> {
            Map<?, ?> call = line.apply((Map<?, ?>) given[1]);
            mustBeStandard(call);
            Record reply = adapter.apply(call);
            mustBeStandard((Map<?, ?>) reply);
            return reply;
        });
    }

    private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Across.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static void mustBeStandard(@Nullable Object value) {
        if (value == null || value instanceof BiConsumer<?, ?>) {
            return;
        }
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, entry) -> {
                mustBeStandard(key);
                mustBeStandard(entry);
            });
        } else if (value instanceof Collection<?> many) {
            many.forEach(Across::mustBeStandard);
        } else if (value.getClass().getClassLoader() != null) {
            throw new AssertionError(value.getClass() + " crosses the boundary");
        }
    }
}
