package io.goose.examples.run;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One run of the studio: starts a Redis if one is wanted, then the server, waits for the page, and stops both in the opposite order when the
 * JVM is told to end (Ctrl-C, SIGTERM) or when the server ends by itself.
 */
final class StudioRun {

    private static final Duration DEVELOPING = Duration.ofMinutes(2);

    private final RunSettings settings;
    private final PrintStream out;
    private final AppServer server;
    private final StudioPage page;

    private final Object lock = new Object();
    private @Nullable Redis redis; // guarded by lock
    private @Nullable ServerProcess process; // guarded by lock
    private boolean stopping; // guarded by lock

    StudioRun(RunSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
        this.server = AppServer.of(settings);
        this.page = new StudioPage(settings.httpPort());
    }

    /** Returns when the server has ended by itself; never returns once the JVM has been told to end. */
    void run() throws InterruptedException {
        Thread hook = new Thread(this::stopAtExit, "studio-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            start();
            ServerProcess running = started();
            int code = running.waitFor();
            staysDownIfStopping();
            throw new RunException(server.name() + " ended by itself with code " + code + "; see " + log());
        } catch (RunException e) {
            staysDownIfStopping();
            throw e;
        } finally {
            stop();
            removeHook(hook);
        }
    }

    private void start() {
        createFolders();
        endLeftover();
        server.ports().forEach(Port::requireFree);
        for (Path archive : settings.archives()) {
            if (!Files.isRegularFile(archive)) {
                throw new RunException(
                        "there is no " + archive + "; run the command of goose-examples/README.md, which builds it");
            }
        }
        server.prepare();
        Map<String, String> environment = new HashMap<>();
        String toldTo = settings.layout().hasAdapter() ? RunSettings.ADAPTER_VARIABLE : RunSettings.BROKER_VARIABLE;
        brokerUrl().ifPresent(url -> environment.put(toldTo, url));
        environment.put("STUDIO_DIR", settings.dir().resolve("gallery").toString());
        say("Starting " + server.name() + ", log: " + log());
        synchronized (lock) {
            refuseIfStopping();
            process = ServerProcess.start(server, environment, log());
            remember(process.pid());
        }
        started().await(page, settings.patience());
        say("The page is up; waiting for the jobs that are under way …");
        boolean idle = Waiting.until(
                DEVELOPING,
                () -> page.progress().filter(StudioPage.Progress::isIdle).isPresent());
        banner(idle);
    }

    /** Of the Redis, named or brought; empty where the jobs are in the server's data source. */
    private Optional<String> brokerUrl() {
        return settings.brokerUrl().isEmpty() && settings.bringsRedis()
                ? Optional.of(bringRedis())
                : settings.brokerUrl();
    }

    private String broker() {
        if (settings.brokerUrl().isPresent()) {
            return "the one you named";
        }
        synchronized (lock) {
            return redis == null
                    ? "H2, " + settings.databaseFile() + ".mv.db (-Dbroker=redis brings a Redis)"
                    : "Redis, port " + redis.port() + " (-Dredis.port=…), process " + redis.pid();
        }
    }

    private String bringRedis() {
        synchronized (lock) {
            refuseIfStopping();
            Redis started = Redis.start(settings.dir().resolve("redis"), settings.redisPort());
            redis = started;
            say("Redis runs on port " + started.port() + " (" + RunSettings.BROKER_VARIABLE + " names another broker)");
            return started.url();
        }
    }

    private void banner(boolean idle) {
        Optional<StudioPage.Progress> progress = page.progress();
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("  The photo studio is open:  " + page.root());
        lines.add("");
        progress.ifPresent(p -> lines.add("  Jobs:    " + p.done() + " done, " + p.dead() + " dead, " + p.open()
                + " open" + (idle ? "" : " (they take longer than usual; the page shows how far they are)")));
        lines.add("  Server:  " + server.name() + " on JDK " + settings.javaHome());
        for (Port port : server.ports()) {
            lines.add("  Port:    " + port);
        }
        lines.add("  Broker:  " + broker());
        if (settings.layout().hasAdapter()) {
            lines.add("  Adapter: " + settings.rar().map(Path::toString).orElse("in " + settings.war()));
        }
        lines.add("  Gallery: " + settings.dir().resolve("gallery"));
        lines.add("");
        lines.add("  Ctrl-C stops everything.");
        lines.add("");
        say(String.join(System.lineSeparator(), lines));
    }

    private void stopAtExit() {
        synchronized (lock) {
            stopping = true;
        }
        stop();
        say("Stopped.");
    }

    /** The server first: it gives its jobs back to the broker. */
    private void stop() {
        synchronized (lock) {
            if (process != null) {
                say("Stopping " + server.name() + " …");
                process.stop();
                process = null;
            }
            if (redis != null) {
                say("Stopping Redis …");
                redis.stop();
                redis = null;
            }
        }
    }

    /** Once the JVM ends, the hook does the rest; this thread must not end the program before the hook is through. */
    private void staysDownIfStopping() throws InterruptedException {
        synchronized (lock) {
            if (!stopping) {
                return;
            }
        }
        new CountDownLatch(1).await();
    }

    private void refuseIfStopping() {
        if (stopping) {
            throw new RunException("the studio was stopped while it was starting");
        }
    }

    private ServerProcess started() {
        synchronized (lock) {
            if (process == null) {
                throw new RunException("the studio was stopped while it was starting");
            }
            return process;
        }
    }

    private PidFile pidFile() {
        return new PidFile(settings.dir().resolve("server.pid"));
    }

    private void endLeftover() {
        try {
            if (pidFile().endLeftover(settings.home().toString())) {
                say("A run that was killed had left its " + server.name() + "; it is stopped now");
            }
        } catch (IOException e) {
            throw new RunException("cannot read " + pidFile().file() + ": " + e.getMessage(), e);
        }
    }

    private void remember(long pid) {
        try {
            pidFile().write(pid);
        } catch (IOException e) {
            throw new RunException("cannot write " + pidFile().file() + ": " + e.getMessage(), e);
        }
    }

    private void createFolders() {
        try {
            Files.createDirectories(settings.dir());
        } catch (IOException e) {
            throw new RunException("cannot make the folder " + settings.dir() + ": " + e.getMessage(), e);
        }
    }

    private Path log() {
        return settings.dir().resolve(settings.server() + ".log");
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException theJvmIsEnding) {
            return; // the hook runs; it finds nothing left to stop
        }
    }
}
