package io.goose.cdi;

import static java.lang.System.Logger.Level.WARNING;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.jspecify.annotations.Nullable;

/**
 * Starts the engine when the first web module that has it starts, and drains it when the first of them stops: from then on
 * that module's beans and names go away. Both on the module's own thread, with its naming context and class loader.
 */
public final class GooseListener implements ServletContextListener {

    private static final System.Logger LOG = System.getLogger(GooseListener.class.getName());

    private @Nullable GooseRuntime runtime; // the container calls one after the other

    GooseListener() {}

    @Override
    public void contextInitialized(ServletContextEvent event) {
        if (GooseRuntime.beanManager().isEmpty()) {
            LOG.log(
                    WARNING,
                    "GOOSE-2204: web module " + event.getServletContext().getContextPath()
                            + " has Goose and no CDI, so that no jobs run in it; enable CDI or remove Goose");
            return;
        }
        GooseRuntime.current().ifPresent(found -> {
            runtime = found;
            found.start();
        });
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (runtime != null) {
            runtime.stop();
        }
    }
}
