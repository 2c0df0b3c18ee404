package io.goose.cdi;

import static java.lang.System.Logger.Level.DEBUG;

import jakarta.enterprise.concurrent.ContextService;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * The context of the thread on which the engine started, for threads of others: names, class loader and security, as far as the server's default
 * {@link ContextService} has them. Thread-safe.
 */
final class ApplicationNames {

    /** No context: work is run as it is. */
    static final ApplicationNames NONE = new ApplicationNames(null);

    private static final System.Logger LOG = System.getLogger(ApplicationNames.class.getName());
    private static final String SERVICE = "java:comp/DefaultContextService";

    private final @Nullable Executor contextual;

    private ApplicationNames(@Nullable Executor contextual) {
        this.contextual = contextual;
    }

    /** That of the calling thread; none if the server offers no such service. */
    static ApplicationNames capture() {
        try {
            return new ApplicationNames(Service.contextual());
        } catch (NamingException | RuntimeException | LinkageError absent) {
            LOG.log(DEBUG, "no context of the application can be kept: {0}", absent);
            return NONE;
        }
    }

    /** Apart, because the interface need not be there. */
    private static final class Service {
        static @Nullable Executor contextual() throws NamingException {
            return Names.lookup(SERVICE) instanceof ContextService service
                    ? service.createContextualProxy(new Here(), Executor.class)
                    : null;
        }
    }

    private static final class Here implements Executor {
        @Override
        public void execute(Runnable work) {
            work.run();
        }
    }

    /** Runs something once; what it throws is thrown. */
    void run(Runnable work) {
        Executor there = contextual;
        if (there == null) {
            work.run();
            return;
        }
        FutureTask<Void> once = new FutureTask<>(work, null);
        try {
            there.execute(once);
        } catch (RuntimeException refused) { // the application is going down
            LOG.log(DEBUG, "not run in the application''s context", refused);
            once.run(); // does nothing if it was run
        }
        Apart.result(once);
    }
}
