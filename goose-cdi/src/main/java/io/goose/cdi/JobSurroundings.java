package io.goose.cdi;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.engine.run.JobScope;
import jakarta.enterprise.context.ContextNotActiveException;
import jakarta.enterprise.context.control.RequestContextController;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanManager;
import org.jspecify.annotations.Nullable;

/** The request scope and the application's class loader around a job. Thread-safe. */
final class JobSurroundings implements JobScope {

    private static final System.Logger LOG = System.getLogger(JobSurroundings.class.getName());

    private final BeanManager beans;
    private volatile @Nullable ClassLoader application;
    private volatile ApplicationNames names = ApplicationNames.NONE;

    JobSurroundings(BeanManager beans) {
        this.beans = beans;
    }

    /** Takes the class loader of the calling thread as the application's. */
    void capture() {
        application = Thread.currentThread().getContextClassLoader();
        names = ApplicationNames.capture();
    }

    /** With the naming context that was captured, and its class loader. */
    @Override
    public void inApplication(Runnable work) {
        Open loader = enter();
        try {
            names.run(work);
        } finally {
            loader.close();
        }
    }

    @Override
    public Open open() {
        Open loader = enter();
        try {
            Instance<RequestContextController> controllers =
                    beans.createInstance().select(RequestContextController.class);
            RequestContextController controller = controllers.get();
            boolean activated = controller.activate(); // false: it is active already, and whoever did that ends it
            Open controlling = () -> controllers.destroy(controller);
            return () -> {
                try (loader;
                        controlling) { // the latter is closed first
                    if (activated) {
                        deactivate(controller);
                    }
                }
            };
        } catch (RuntimeException | Error unopened) {
            loader.close();
            throw unopened;
        }
    }

    private static void deactivate(RequestContextController controller) {
        try {
            controller.deactivate();
        } catch (ContextNotActiveException over) {
            // Weld ends it when it has told asynchronous observers on this thread.
            LOG.log(DEBUG, "the request context has ended before", over);
        }
    }

    private Open enter() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        ClassLoader wanted = application;
        if (wanted != null) {
            thread.setContextClassLoader(wanted);
        }
        return () -> thread.setContextClassLoader(before);
    }
}
