package io.goose.examples.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The application server's process. */
final class ServerProcess {

    /** Longer than the grace that Goose gives its jobs (20 s) and the server's own time to stop. */
    private static final Duration GRACE = Duration.ofSeconds(45);

    private static final int TAIL = 25;

    private final AppServer server;
    private final Process process;
    private final Path log;

    private ServerProcess(AppServer server, Process process, Path log) {
        this.server = server;
        this.process = process;
        this.log = log;
    }

    static ServerProcess start(AppServer server, Map<String, String> environment, Path log) {
        ProcessBuilder builder =
                new ProcessBuilder(server.command()).redirectErrorStream(true).redirectOutput(log.toFile());
        // Whoever is to know the broker is told below; with a resource adapter that is not the studio.
        builder.environment().remove(RunSettings.BROKER_VARIABLE);
        builder.environment().putAll(server.environment());
        builder.environment().putAll(environment);
        try {
            Process started = builder.start();
            started.getOutputStream().close(); // it has nothing to read from us
            return new ServerProcess(server, started, log);
        } catch (IOException e) {
            throw new RunException("cannot start " + server.name() + ": " + e.getMessage(), e);
        }
    }

    long pid() {
        return process.pid();
    }

    int waitFor() throws InterruptedException {
        return process.waitFor();
    }

    /** Waits until the page answers; refuses if the server ends, gives up on the studio or takes too long. */
    void await(StudioPage page, Duration patience) {
        boolean answered = Waiting.until(patience, () -> {
            if (!process.isAlive()) {
                throw new RunException(server.name() + " ended with code " + process.exitValue() + whereToLook());
            }
            server.failure(log).ifPresent(reason -> {
                throw new RunException(server.name() + " could not start the studio: " + reason + whereToLook());
            });
            return page.progress().isPresent();
        });
        if (!answered) {
            throw new RunException(
                    page.root() + " does not answer after " + patience.toSeconds() + " s" + whereToLook());
        }
    }

    /** Ends the server and what it started: first politely, so that running jobs can finish. */
    void stop() {
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        family.forEach(ProcessHandle::destroy);
        if (!Waiting.until(GRACE, () -> family.stream().noneMatch(ProcessHandle::isAlive))) {
            family.forEach(ProcessHandle::destroyForcibly);
            Waiting.until(GRACE, () -> family.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    private String whereToLook() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            List<String> last = lines.subList(Math.max(0, lines.size() - TAIL), lines.size());
            return "; the end of " + log + ":\n    " + String.join("\n    ", last);
        } catch (IOException e) {
            return "; see " + log;
        }
    }
}
