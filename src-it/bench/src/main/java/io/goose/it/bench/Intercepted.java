package io.goose.it.bench;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Stands before an object and may do something else than what is called. */
final class Intercepted {

    private Intercepted() {}

    /** A call of a method. */
    static final class Call {
        private final Object target;
        private final Method method;
        private final @Nullable Object[] arguments;

        private Call(Object target, Method method, @Nullable Object @Nullable [] arguments) {
            this.target = target;
            this.method = method;
            this.arguments = arguments == null ? new Object[0] : arguments;
        }

        @Nullable Object argument(int index) {
            return arguments[index];
        }

        void replaceArgument(int index, Object by) {
            arguments[index] = by;
        }

        boolean is(String name) {
            return method.getName().equals(name);
        }

        /** What the object does. */
        @Nullable Object proceed() throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException thrown) {
                Throwable cause = thrown.getCause();
                throw cause == null ? thrown : cause;
            }
        }
    }

    /** What is done instead. */
    @FunctionalInterface
    interface Handler {
        @Nullable Object handle(Call call) throws Throwable;
    }

    static <T> T over(Class<T> type, T target, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                Intercepted.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) ->
                        handler.handle(new Call(target, method, arguments == null ? new Object[0] : arguments))));
    }
}
