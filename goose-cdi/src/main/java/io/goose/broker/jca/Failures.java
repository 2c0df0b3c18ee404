package io.goose.broker.jca;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.UnsupportedCapabilityException;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** What goes wrong on the other side, by the name of its class and its message. Stateless. */
final class Failures {

    private static final String ERROR = "error";
    private static final String MESSAGE = "message";

    private Failures() {}

    static Map<String, @Nullable Object> tree(Throwable failure) {
        Map<String, @Nullable Object> tree = new HashMap<>();
        tree.put(ERROR, failure.getClass().getSimpleName());
        tree.put(MESSAGE, failure.getMessage());
        return tree;
    }

    /** The failure, if the reply is one; null else. */
    static @Nullable Throwable of(Map<?, ?> reply) {
        return reply.containsKey(ERROR) ? read(reply) : null;
    }

    /** One of our own errors as itself; what else may happen there as a failure of the adapter. */
    static Throwable read(Map<?, ?> tree) {
        String type = String.valueOf(tree.get(ERROR));
        Object message = tree.get(MESSAGE);
        String text = message == null ? type : message.toString();
        return switch (type) {
            case "BrokerUnavailableException" -> new BrokerUnavailableException(text, null);
            case "BrokerRefusedException" -> new BrokerRefusedException(text, null);
            case "UnsupportedCapabilityException" -> new UnsupportedCapabilityException(text);
            case "IllegalArgumentException" -> new IllegalArgumentException(text);
            case "InterruptedException" -> new InterruptedException(text);
            default ->
                new IllegalStateException(text.startsWith("GOOSE-") || text.equals(type) ? text : type + ": " + text);
        };
    }

    static IllegalArgumentException unknown(Class<?> type, String name) {
        return new IllegalArgumentException("GOOSE-3160: the other side of the resource adapter says '" + name
                + "', which is no " + type.getSimpleName()
                + " here: it is of a newer version of Goose; use the same version on both sides");
    }

    /** The result of a reflective call, or what the called method throws. */
    static <T> T unwrapped(Callable<T> call) {
        try {
            return call.call();
        } catch (InvocationTargetException thrown) {
            throw sneaky(thrown.getTargetException());
        } catch (Exception impossible) {
            throw new IllegalStateException("a public method of the SPI cannot be called", impossible);
        }
    }

    /** Throws what it is given, checked or not. */
    @SuppressWarnings("unchecked")
    static <E extends Throwable> RuntimeException sneaky(Throwable failure) throws E {
        throw (E) failure;
    }
}
