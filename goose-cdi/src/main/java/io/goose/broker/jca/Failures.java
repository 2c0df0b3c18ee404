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
    private static final String OF_AGE = "GOOSE-3163";

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

    /** That the adapter is too old for what it was asked to do. */
    static UnsupportedCapabilityException ofAge(String what, @Nullable Object application) {
        return new UnsupportedCapabilityException(OF_AGE + ": the resource adapter (Goose " + Calls.library()
                + ") cannot do what the application (Goose " + application + ") asks of it: " + what
                + "; deploy the adapter of the application's version");
    }

    /** Whether a refusal is {@link #ofAge} of the other side. */
    static boolean isOfAge(UnsupportedCapabilityException refused) {
        return String.valueOf(refused.getMessage()).startsWith(OF_AGE);
    }

    /** The result of a reflective call of {@code what}, or what the called method throws. */
    static <T> T unwrapped(String what, Callable<T> call) {
        try {
            return call.call();
        } catch (InvocationTargetException thrown) {
            throw sneaky(thrown.getTargetException());
        } catch (IllegalArgumentException mismatch) { // of the call itself: a parameter has another type here
            throw Misunderstood.other("parameter of " + what, mismatch);
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
