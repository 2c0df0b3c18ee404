package io.goose.cdi;

import static java.lang.System.Logger.Level.DEBUG;

import jakarta.enterprise.concurrent.ContextService;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * Runs things on the calling thread and apart from the work that the container has under way on it. Open Liberty keeps the
 * connections of a method or a request without a transaction together, and gives out again one that the application closed
 * with work on it. A contextual proxy of the server puts that aside for the time of a call, as it does with a transaction.
 *
 * <p>Looked up once when the engine starts, before that at each call. Where there is none, things are run as they are.
 * Thread-safe.
 */
final class Apart {

    private static final String SERVICE = "java:comp/DefaultContextService";
    private static final System.Logger LOG = System.getLogger(Apart.class.getName());

    private volatile @Nullable Executor captured;
    private volatile boolean looked;

    /** Takes that of the calling thread's application. */
    void capture() {
        captured = lookUp();
        looked = true;
    }

    /** What {@code work} returns or throws; it is run once. */
    <T> T call(Supplier<T> work) {
        Executor executor = looked ? captured : lookUp();
        if (executor == null) {
            return work.get();
        }
        FutureTask<T> task = new FutureTask<>(work::get);
        try {
            executor.execute(task);
        } catch (RuntimeException refused) { // as where the application stops
            LOG.log(DEBUG, "not run in a context of its own, or that did not end well", refused);
            task.run(); // does nothing if it was run
        }
        return result(task);
    }

    private static <T> T result(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            throw cause instanceof RuntimeException thrown ? thrown : new IllegalStateException(cause);
        } catch (InterruptedException | CancellationException notRun) {
            throw new IllegalStateException("a task that was run has no result", notRun);
        }
    }

    private static @Nullable Executor lookUp() {
        try {
            return Concurrency.lookUp();
        } catch (NamingException | RuntimeException absent) {
            LOG.log(DEBUG, "{0} cannot be used here: {1}", SERVICE, absent);
            return null;
        } catch (LinkageError withoutApi) {
            return null;
        }
    }

    /** Apart, because the interface need not be there. */
    private static final class Concurrency {
        static @Nullable Executor lookUp() throws NamingException {
            return Names.lookup(SERVICE) instanceof ContextService service
                    ? service.createContextualProxy((Executor) Runnable::run, Executor.class)
                    : null;
        }
    }
}
