package io.goose.engine.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Broker;
import io.goose.spi.SessionSpec;
import io.goose.spi.SurroundingTransaction;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A broker is the same from outside of transactions. */
class OutsideBrokerTest {

    /** Defaults that ask the housekeeping, which is outside as well; and what only a transport asks of the broker itself. */
    private static final Set<String> LEFT = Set.of("delete", "replay", "ledgerFor");

    /** A method with a default answer is easily forgotten: nothing fails, and the broker behind is never asked. */
    @Test
    void everyQuestion_isTheInnerBrokersToAnswer() {
        assertThat(Arrays.stream(Broker.class.getMethods())
                        .filter(Method::isDefault)
                        .filter(method -> Arrays.stream(OutsideBroker.class.getDeclaredMethods())
                                .noneMatch(own -> own.getName().equals(method.getName())
                                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes())))
                        .map(Method::getName))
                .containsExactlyInAnyOrderElementsOf(LEFT);
    }

    /** A container takes back what was taken in a part that ends, as Open Liberty does with connections that are still open. */
    @Test
    void aSession_keepsWhatItTakes() {
        AtomicBoolean apart = new AtomicBoolean();
        List<String> where = new ArrayList<>();
        SurroundingTransaction none = (SurroundingTransaction) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {SurroundingTransaction.class}, (proxy, method, given) -> {
                    if (!method.getName().equals("apart")) {
                        return method.invoke(SurroundingTransaction.NONE, given);
                    }
                    apart.set(true);
                    try {
                        return ((Supplier<?>) given[0]).get();
                    } finally {
                        apart.set(false);
                    }
                });
        Broker inner = (Broker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, given) -> {
                    where.add(method.getName() + (apart.get() ? " apart" : ""));
                    return method.getName().equals("queues") ? Set.of() : null;
                });
        OutsideBroker broker = new OutsideBroker(inner, new Outside(none, (name, body) -> {
            throw new AssertionError("no thread is needed");
        }));

        broker.open(new SessionSpec(
                List.of("orders"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "outside", false));
        broker.queues();

        assertThat(where).contains("open", "queues apart").doesNotContain("open apart");
    }
}
