package io.goose.engine;

import io.goose.BrokerUnavailableException;
import io.goose.spi.BatchLedger;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.Broker;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A broker of whose batches a test sees each addition before it is made, and can make it fail by throwing; or whose cancelling fails. */
final class WatchedBatches {

    private WatchedBatches() {}

    static Broker of(Broker real, Consumer<Addition> beforeAdding) {
        BatchLedger ledger = real.batches();
        BatchLedger watched = proxy(BatchLedger.class, (proxy, method, arguments) -> {
            if (method.getName().equals("add")) {
                beforeAdding.accept((Addition) arguments[0]);
            }
            return invoke(ledger, method, arguments);
        });
        return proxy(
                Broker.class,
                (proxy, method, arguments) ->
                        method.getName().equals("batches") ? watched : invoke(real, method, arguments));
    }

    /** A broker that fails the first call of {@link Broker#cancel}, before anything is done; all calls are counted. */
    static Broker losingTheFirstCancel(Broker real, AtomicInteger calls) {
        return proxy(Broker.class, (proxy, method, arguments) -> {
            if (method.getName().equals("cancel") && calls.getAndIncrement() == 0) {
                throw new BrokerUnavailableException("away", null);
            }
            return invoke(real, method, arguments);
        });
    }

    private static Object invoke(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(WatchedBatches.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
