package io.goose.engine.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;

/** What lies under the wrappers that a container puts around a job's own failure. */
final class Causes {

    // By name: an application without EJBs has no such class.
    private static final Set<String> CONTAINER_WRAPPERS = Set.of(
            "jakarta.ejb.EJBException",
            "jakarta.ejb.EJBTransactionRolledbackException",
            "jakarta.ejb.TransactionRolledbackLocalException");

    private static final int DEEPEST = 16; // a chain longer than this is a cycle

    private Causes() {}

    /** The failure of the user's code: the first throwable that is no wrapper, or the last wrapper. */
    static Throwable unwrap(Throwable thrown) {
        Throwable failure = thrown;
        for (int i = 0; i < DEEPEST && isWrapper(failure); i++) {
            Throwable cause = failure.getCause();
            if (cause == null) {
                return failure;
            }
            failure = cause;
        }
        return failure;
    }

    private static boolean isWrapper(Throwable thrown) {
        return thrown instanceof InvocationTargetException
                || thrown instanceof UndeclaredThrowableException
                || thrown instanceof CompletionException
                || thrown instanceof ExecutionException
                || CONTAINER_WRAPPERS.contains(thrown.getClass().getName());
    }

    /** Whether a failure while the worker stops is the server taking things away, rather than the job's own. */
    static boolean isServerStopping(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; i < DEEPEST && cause != null; i++) {
            if (cause instanceof InterruptedException
                    || cause instanceof RejectedExecutionException
                    || cause instanceof java.nio.channels.ClosedByInterruptException
                    || isNaming(cause)
                    || cause.getClass().getName().endsWith("ComponentUnavailableException")) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isNaming(Throwable thrown) {
        return thrown.getClass().getName().startsWith("javax.naming.");
    }
}
