package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.broker.jca.CallRecord;
import io.goose.broker.jca.Served;
import io.goose.broker.memory.MemoryBroker;
import io.goose.spi.Broker;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.spi.ConnectionEvent;
import jakarta.resource.spi.ConnectionEventListener;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the container is told of a connection in whose use the broker was away. */
final class LostConnectionTest {

    private static final List<?> OF_A_SESSION = List.of(Map.of(
            "queues",
            List.of("default"),
            "threads",
            1,
            "exposure",
            1,
            "announced",
            List.of(),
            "lease",
            new long[] {30, 0},
            "heartbeat",
            new long[] {5, 0},
            "host",
            "test"));

    private final MemoryBroker store = MemoryBroker.withClock(InstantSource.system());
    private final GooseManagedConnection managed = new GooseManagedConnection(new Served(awayWhenChecked()), "", null);
    private final List<String> told = new ArrayList<>();

    @AfterEach
    void end() {
        store.close();
    }

    private Broker awayWhenChecked() {
        return (Broker) Proxy.newProxyInstance(
                Broker.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, given) -> {
                    if (method.getName().equals("check")) {
                        throw new BrokerUnavailableException("away, as told", null);
                    }
                    return method.invoke(store, given);
                });
    }

    private Connection take() {
        managed.addConnectionEventListener(new ConnectionEventListener() {
            @Override
            public void connectionClosed(ConnectionEvent event) {
                told.add("closed");
            }

            @Override
            public void connectionErrorOccurred(ConnectionEvent event) {
                assertThat(event.getSource()).isSameAs(managed);
                told.add("error " + event.getId());
            }

            @Override
            public void localTransactionStarted(ConnectionEvent event) {
                told.add("started");
            }

            @Override
            public void localTransactionCommitted(ConnectionEvent event) {
                told.add("committed");
            }

            @Override
            public void localTransactionRolledback(ConnectionEvent event) {
                told.add("rolled back");
            }
        });
        return (Connection) managed.getConnection(null, null);
    }

    private static Map<?, ?> call(Connection connection, String what, List<?> arguments) throws ResourceException {
        return (Map<?, ?>) connection
                .createInteraction()
                .execute(null, new CallRecord(Map.of("v", 1, "on", "broker", "call", what, "args", arguments)));
    }

    @Test
    void itIsToBeThrownAway_whichIsSaidOnce() throws ResourceException {
        Connection connection = take();
        call(connection, "queues/0", List.of());
        assertThat(told).isEmpty();

        call(connection, "check/0", List.of());
        call(connection, "check/0", List.of());

        assertThat(told).containsExactly("error " + ConnectionEvent.CONNECTION_ERROR_OCCURRED);
    }

    @Test
    void oneByWhichJobsAreLeased_isKept() throws ResourceException {
        Connection connection = take();
        assertThat(call(connection, "open/1", OF_A_SESSION).get("result")).isEqualTo("session:1");

        assertThat(call(connection, "check/0", List.of()).get("error")).isEqualTo("BrokerUnavailableException");

        assertThat(told).isEmpty();
    }
}
