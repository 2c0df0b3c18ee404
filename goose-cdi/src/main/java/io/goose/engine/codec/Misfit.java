package io.goose.engine.codec;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A value or a piece of JSON that does not fit its type, and where in the argument it stands. Tells no values. */
final class Misfit extends RuntimeException {

    private final Deque<String> path = new ArrayDeque<>();
    private final String problem;

    Misfit(String problem) {
        this(problem, null);
    }

    /** @param cause what was thrown by code that may have put values into its message; only its class and stack are kept */
    Misfit(String problem, @Nullable Throwable cause) {
        super(problem, cause == null ? null : withoutMessage(cause));
        this.problem = problem;
    }

    /** The same one level further out. */
    Misfit in(String step) {
        path.addFirst(step);
        return this;
    }

    /** Where and what, to be put behind the name of the argument. */
    String describe() {
        return path.isEmpty() ? ": " + problem : " at " + String.join("", path) + ": " + problem;
    }

    private static Throwable withoutMessage(Throwable cause) {
        Throwable root = cause;
        for (int i = 0; i < 20 && root.getCause() != null; i++) {
            root = root.getCause();
        }
        Throwable named = new IllegalArgumentException(root.getClass().getName() + " (its message may hold arguments)");
        named.setStackTrace(root.getStackTrace());
        return named;
    }
}
