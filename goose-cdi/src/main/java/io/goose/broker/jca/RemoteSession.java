package io.goose.broker.jca;

import io.goose.UnsupportedCapabilityException;
import io.goose.job.JobId;
import io.goose.spi.CancelListener;
import jakarta.resource.cci.Connection;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A session that the resource adapter has, with the connection that holds it. Thread-safe. */
final class RemoteSession implements InvocationHandler {

    private static final System.Logger LOG = System.getLogger(RemoteSession.class.getName());

    private final Connection connection;
    private final String name;
    private final AtomicBoolean closed = new AtomicBoolean();

    RemoteSession(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return OfObject.invoke(proxy, method, given, "RemoteSession[" + name + ']');
        }
        if (Calls.key(method).equals("lease/3")) {
            return InvocationHandler.invokeDefault(proxy, method, given);
        }
        boolean closes = Calls.key(method).equals("close/0");
        if (closes && closed.getAndSet(true)) {
            return null;
        }
        List<@Nullable Object> arguments = new ArrayList<>();
        for (Object value : given == null ? new Object[0] : given) {
            arguments.add(value instanceof CancelListener listener ? told(listener) : Trees.of(value));
        }
        try {
            return Door.call(connection, name, method, arguments).as(method.getGenericReturnType());
        } catch (UnsupportedCapabilityException refused) {
            return Door.otherwise(refused, proxy, method, given);
        } catch (RuntimeException away) {
            if (!closes && !Calls.key(method).equals("wake/0")) {
                throw away;
            }
            LOG.log(System.Logger.Level.DEBUG, "session {0} is gone: {1}", name, away.getMessage());
            return null;
        } finally {
            if (closes) {
                Door.close(connection);
            }
        }
    }

    private static BiConsumer<@Nullable Object, @Nullable Object> told(CancelListener listener) {
        return (id, token) -> {
            if (id == null || token == null) {
                listener.missed();
            } else {
                listener.cancelled(new JobId((String) id), (Long) token);
            }
        };
    }
}
