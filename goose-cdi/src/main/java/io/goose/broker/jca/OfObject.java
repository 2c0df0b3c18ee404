package io.goose.broker.jca;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** What a proxy answers to the methods that every object has: it is itself. */
final class OfObject {

    private OfObject() {}

    static Object invoke(Object proxy, Method method, Object @Nullable [] given, String text) {
        return switch (method.getName()) {
            case "equals" -> given != null && proxy == given[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> text;
        };
    }
}
