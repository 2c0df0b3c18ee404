package io.goose.examples.studio.work;

import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.examples.studio.StudioSettings;
import io.goose.examples.studio.gallery.Gallery;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.servlet.ServletContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * What happens when the studio opens: unfinished work goes on, and a new gallery gets the sample photographs. It is a
 * servlet, though it serves nothing, because servlets are initialised after all listeners and so after Goose. A managed
 * executor does it: a broker may need threads to enqueue, and Open Liberty lets none run while this method does.
 */
@WebServlet(urlPatterns = "/studio-start", loadOnStartup = 1)
public final class StudioStart extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(StudioStart.class.getName());

    @Resource
    @SuppressWarnings("NullAway.Init") // the server sets it
    transient ManagedExecutorService executor;

    @Inject
    transient Gallery gallery;

    @Inject
    transient Intake intake;

    @Inject
    transient Samples samples;

    @Inject
    transient ContactSheets sheets;

    @Inject
    transient StudioSettings settings;

    @Override
    public void init() {
        ServletContext application = getServletContext();
        executor.execute(() -> open(application));
    }

    private void limitPrinter() {
        try {
            sheets.limitPrinter();
        } catch (UnsupportedCapabilityException e) {
            LOG.log(Level.INFO, "The printer has no limit: {0}", e.getMessage()); // and the page says so
        } catch (GooseException e) {
            LOG.log(Level.WARNING, "The printer has no limit: the studio sets it at its next start", e);
        }
    }

    private void open(ServletContext application) {
        limitPrinter();
        try {
            LOG.log(Level.INFO, "The gallery is in {0}; jobs that go on: {1}", settings.dir(), intake.resume());
            if (gallery.wasNew() && settings.autoLoadSamples()) {
                LOG.log(Level.INFO, "Sample photographs loaded: {0}", samples.load(application));
            }
        } catch (GooseException | IOException e) {
            LOG.log(
                    Level.WARNING,
                    "The studio is open, but its jobs were not enqueued: it tries again at its next start",
                    e);
        } finally {
            gallery.opened();
        }
    }
}
