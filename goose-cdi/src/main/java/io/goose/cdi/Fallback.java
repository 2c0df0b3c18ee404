package io.goose.cdi;

import static java.lang.System.Logger.Level.INFO;

import java.net.URL;
import java.security.CodeSource;

/**
 * Starts the engine where no web module does it: on Open Liberty with Goose in an EAR's {@code lib/}, in an EJB jar, and in
 * plain CDI. Where a web module has Goose, its listener is the right place, because {@code Startup} comes without the
 * module's naming context on WildFly in an EAR.
 */
final class Fallback {

    private static final System.Logger LOG = System.getLogger(Fallback.class.getName());

    private final GooseRuntime runtime;
    private boolean webModule; // container's boot thread only

    Fallback(GooseRuntime runtime) {
        this.runtime = runtime;
    }

    /** Notes whether there is a web module among what is deployed. */
    void see(Class<?> component) {
        webModule |= location(component).contains(".war");
    }

    void start() {
        if (location(GooseExtension.class).contains("/WEB-INF/lib/")) {
            return; // the listener of this web module will start it
        }
        try {
            runtime.start();
        } catch (ManagedThreads.Absent noThreads) {
            if (!webModule) {
                throw noThreads;
            }
            // On WildFly in an EAR. Said aloud, because on a server that starts no listener of ours it is the last
            // word.
            LOG.log(
                    INFO,
                    "GOOSE-2213: the first web module will start the engine; before its start: "
                            + noThreads.getMessage());
        }
    }

    private static String location(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        return location == null ? "" : location.toString();
    }
}
