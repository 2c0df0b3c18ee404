package io.goose.cdi;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a part of the engine that is looked up at each call. What is injected is this, so that beans which the
 * engine itself needs, middlewares for example, can have a client.
 */
final class Lazy implements InvocationHandler {

    private final Class<?> type;
    private final Supplier<?> target;

    private Lazy(Class<?> type, Supplier<?> target) {
        this.type = type;
        this.target = target;
    }

    static <T> T of(Class<T> type, Supplier<T> target) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new Lazy(type, target)));
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
            return method.invoke(target.get(), arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }
}
