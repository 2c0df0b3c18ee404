package io.goose.cdi;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs things on the calling thread and apart from the work that the container has under way on it. Open Liberty (26.0.0.5) keeps
 * the connections of a method or a request without a transaction together, as a local unit of work, and gives out again one that
 * the application closed with work on it. Its own interface, used by reflection, begins another unit for the time of a call.
 * Other servers share no connection then, and things are run as they are. Thread-safe.
 */
final class Apart {

    private static final System.Logger LOG = System.getLogger(Apart.class.getName());
    private static final String PACKAGE = "com.ibm.wsspi.uow";

    private final @Nullable Units units;

    Apart() {
        this(PACKAGE);
    }

    /** With another server's interface, for tests. */
    Apart(String packageName) {
        this.units = Units.find(packageName);
    }

    /** What {@code work} returns or throws; it is run once. */
    <T> T call(Supplier<T> work) {
        if (units == null) {
            return work.get();
        }
        FutureTask<T> task = new FutureTask<>(work::get);
        units.run(task);
        return result(task);
    }

    /** What a task that was run has come to. */
    static <T> T result(FutureTask<T> task) {
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

    /** The server's units of work. */
    private record Units(Object manager, Method runUnder, int local, Class<?> action) {

        static @Nullable Units find(String packageName) {
            ClassLoader loader = Apart.class.getClassLoader();
            try {
                Class<?> type = Class.forName(packageName + ".UOWManager", false, loader);
                Class<?> action = Class.forName(packageName + ".UOWAction", false, loader);
                Object manager = Class.forName(packageName + ".UOWManagerFactory", true, loader)
                        .getMethod("getUOWManager")
                        .invoke(null);
                return new Units(
                        manager,
                        type.getMethod("runUnderUOW", int.class, boolean.class, action),
                        type.getField("UOW_TYPE_LOCAL_TRANSACTION").getInt(null),
                        action);
            } catch (ClassNotFoundException another) { // another server, or one without transactions
                LOG.log(DEBUG, "no units of work here: {0}", another);
                return null;
            } catch (ReflectiveOperationException | RuntimeException | LinkageError changed) {
                LOG.log(
                        WARNING,
                        "GOOSE-2214: the units of work of this server cannot be used: work of the application that is"
                                + " not committed when it closes a connection may be committed by an enqueue; set"
                                + " enableSharingForDirectLookups=\"false\" at the connection manager of the data source",
                        changed);
                return null;
            }
        }

        void run(FutureTask<?> task) {
            Object body = Proxy.newProxyInstance(
                    Apart.class.getClassLoader(), new Class<?>[] {action}, (self, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            return method.invoke(task, arguments);
                        }
                        task.run();
                        return null;
                    });
            try {
                runUnder.invoke(manager, local, false, body);
            } catch (InvocationTargetException | IllegalAccessException | RuntimeException refused) {
                LOG.log(DEBUG, "not run in a unit of work of its own, or that did not end well", refused);
                task.run(); // does nothing if it was run
            }
        }
    }
}
