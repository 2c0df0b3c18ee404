package io.goose.cdi;

import static java.lang.System.Logger.Level.WARNING;

import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import javax.naming.NamingException;
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
        BeanManager beans = beanManager();
        if (beans == null) {
            LOG.log(
                    WARNING,
                    "GOOSE-2204: web module " + event.getServletContext().getContextPath()
                            + " has Goose and no CDI, so that no jobs run in it; enable CDI or remove Goose");
            return;
        }
        // Not by CDI.getExtension: a server may make several instances of an extension and use one of them.
        Instance<GooseRuntime> found = beans.createInstance().select(GooseRuntime.class);
        if (found.isResolvable()) {
            runtime = found.get();
            runtime.start();
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (runtime != null) {
            runtime.stop();
        }
    }

    /** The web module's own: CDI.current() goes by the name of the calling class, which each WAR of an EAR has. */
    private static @Nullable BeanManager beanManager() {
        try {
            return (BeanManager) Names.lookup("java:comp/BeanManager");
        } catch (NamingException notBound) {
            try {
                return CDI.current().getBeanManager();
            } catch (IllegalStateException noCdi) {
                return null;
            }
        }
    }
}
