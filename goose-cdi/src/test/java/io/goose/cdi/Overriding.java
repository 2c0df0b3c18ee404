package io.goose.cdi;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Function;

/** Objects of the container of which one method does something else. */
final class Overriding {

    private Overriding() {}

    static <T> T of(Class<T> type, T real, String name, Function<Object[], Object> instead) {
        return type.cast(Proxy.newProxyInstance(
                Overriding.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals(name)) {
                        return instead.apply(arguments);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }
}
