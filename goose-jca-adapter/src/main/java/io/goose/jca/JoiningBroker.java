package io.goose.jca;

import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.SendResult;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A broker that takes part in the transaction of the connection it is used by. Thread-safe. */
final class JoiningBroker implements InvocationHandler {

    private final Broker inner;
    private final Function<List<QueuedJob>, List<SendResult>> jobs;

    private JoiningBroker(Broker inner, Function<List<QueuedJob>, List<SendResult>> jobs) {
        this.inner = inner;
        this.jobs = jobs;
    }

    /**
     * @param jobs takes those that are enqueued in a transaction
     */
    static Broker of(Broker inner, Function<List<QueuedJob>, List<SendResult>> jobs) {
        return (Broker) Proxy.newProxyInstance(
                JoiningBroker.class.getClassLoader(), new Class<?>[] {Broker.class}, new JoiningBroker(inner, jobs));
    }

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given) throws Throwable {
        return switch (method.getName()) {
            case "capabilities" -> capabilities();
            case "sendInTransaction" ->
                jobs.apply((List<QueuedJob>) Objects.requireNonNull(Objects.requireNonNull(given)[0]));
            default -> {
                try {
                    yield method.invoke(inner, given);
                } catch (InvocationTargetException thrown) {
                    throw thrown.getTargetException();
                }
            }
        };
    }

    private Set<Capability> capabilities() {
        Set<Capability> all = EnumSet.copyOf(inner.capabilities());
        all.add(Capability.JOINS_TRANSACTION);
        return all;
    }
}
