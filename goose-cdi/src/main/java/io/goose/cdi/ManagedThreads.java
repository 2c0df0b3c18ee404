package io.goose.cdi;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.spi.WorkerThreads;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * Threads of the server's managed thread factory, looked up once; or of the application's own {@link WorkerThreads} bean.
 * Thread-safe.
 */
final class ManagedThreads implements WorkerThreads {

    /** There is no thread factory where the configuration says, as seen from the calling thread. */
    static final class Absent extends IllegalStateException {
        private Absent(String message, @Nullable NamingException cause) {
            super(message, cause);
        }
    }

    private static final System.Logger LOG = System.getLogger(ManagedThreads.class.getName());

    private final String jndiName;
    private final @Nullable WorkerThreads own;
    private volatile @Nullable ThreadFactory factory;

    ManagedThreads(String jndiName, @Nullable WorkerThreads own) {
        this.jndiName = jndiName;
        this.own = own;
    }

    /**
     * Looks the factory up, on a thread that has the application's naming context.
     *
     * @throws Absent if it is not there
     */
    void capture() {
        if (own == null) {
            found();
        }
    }

    /** The same where threads may be wanted and need not be there. */
    void tryCapture() {
        try {
            capture();
        } catch (Absent unneeded) {
            LOG.log(DEBUG, "no threads: {0}", unneeded.getMessage());
        }
    }

    private ThreadFactory found() {
        ThreadFactory present = factory;
        if (present != null) {
            return present;
        }
        try {
            Object bound = Names.lookup(jndiName);
            if (bound instanceof ThreadFactory found) {
                factory = found;
                return found;
            }
            throw new Absent(absent("it is a " + bound.getClass().getName()), null);
        } catch (NamingException missing) {
            throw new Absent(absent(String.valueOf(missing)), missing);
        }
    }

    private String absent(String why) {
        return "GOOSE-2203: no managed thread factory is at goose.worker.thread-factory=" + jndiName + " (" + why
                + "); enable concurrent-3.0 on Open Liberty or the layer ee-concurrency on WildFly; without a web module on"
                + " WildFly set goose.worker.thread-factory=java:jboss/ee/concurrency/factory/default; or name another"
                + " ManagedThreadFactory, or set goose.worker.enabled=false to enqueue only";
    }

    @Override
    public Thread newThread(String name, Runnable body) {
        try {
            if (own != null) {
                return Objects.requireNonNull(own.newThread(name, body), "no thread");
            }
            Thread thread = Objects.requireNonNull(found().newThread(body), "no thread");
            thread.setName(name);
            return thread;
        } catch (RuntimeException refused) { // as when the application stops
            String source = own == null ? "the managed thread factory " + jndiName : "the WorkerThreads bean";
            throw new RejectedExecutionException(
                    "GOOSE-2207: " + source + " makes no thread (" + refused + ")", refused);
        }
    }
}
