package io.goose.cdi;

import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a part of the engine that is looked up at each call. What is injected is this, so that beans which the
 * engine itself needs, middlewares for example, can have a client.
 *
 * <p>Serializable, because it may be a field of a bean in a user's session. Where it is read, it belongs to the application
 * that uses it first.
 */
final class Lazy implements InvocationHandler, Serializable {

    private static final long serialVersionUID = 1;

    private final Class<?> type;
    private final @Nullable String broker;
    private transient volatile @Nullable GooseRuntime runtime;

    private Lazy(Class<?> type, @Nullable String broker, GooseRuntime runtime) {
        this.type = type;
        this.broker = broker;
        this.runtime = runtime;
    }

    /**
     * A stand-in.
     *
     * @param broker null for the default one, and where the part is of no broker
     */
    static <T> T of(Class<T> type, @Nullable String broker, GooseRuntime runtime) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new Lazy(type, broker, runtime)));
    }

    private Object target() {
        GooseRuntime present = runtime;
        if (present == null) { // this was serialized
            present = GooseRuntime.current()
                    .orElseThrow(
                            () -> new IllegalStateException("GOOSE-2206: this thread is in no application with Goose,"
                                    + " where a " + type.getSimpleName() + " that was serialized is used; use it on the"
                                    + " application's own threads"));
            runtime = present;
        }
        return present.part(type, broker);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "equals" -> arguments != null && proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "injected " + type.getSimpleName();
            };
        }
        try {
            return method.invoke(target(), arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
}
