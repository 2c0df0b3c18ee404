package io.goose.examples.run;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Redis of the run's own, with its data on disk, so that jobs outlive the run: the one on the PATH, else one from Maven
 * Central.
 *
 * <p>It runs as a daemon, in a session of its own: Ctrl-C in a terminal reaches every process of the terminal's group, and
 * the broker must outlive the server that is draining its jobs. {@link #stop()} ends it by its process id.
 */
final class Redis {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Map<String, String> BUNDLED = Map.of(
            "linux-amd64", "redis-server-6.2.6-v5-linux-amd64",
            "linux-aarch64", "redis-server-6.2.7-linux-arm64",
            "mac-x86_64", "redis-server-6.2.6-v5-darwin-amd64",
            "mac-aarch64", "redis-server-6.2.6-v5-darwin-arm64");

    private final int port;
    private final ProcessHandle process;

    private Redis(int port, ProcessHandle process) {
        this.port = port;
        this.process = process;
    }

    /**
     * Starts one.
     *
     * @param dir its data, its log and its process id
     * @param port 0 for any free one
     */
    static Redis start(Path dir, int port) {
        try {
            Files.createDirectories(dir);
            PidFile pidFile = new PidFile(dir.resolve("redis.pid"));
            pidFile.endLeftover("redis"); // two on one folder would destroy each other's data
            int chosen = port == 0 ? Port.anyFree() : port;
            new Port("Redis", chosen, "redis.port").requireFree();
            Path log = dir.resolve("redis.log");
            Process launcher = new ProcessBuilder(
                            binary(dir).toString(),
                            "--bind",
                            "127.0.0.1",
                            "--port",
                            Integer.toString(chosen),
                            "--dir",
                            dir.toString(),
                            "--appendonly",
                            "yes",
                            "--appendfsync",
                            "everysec",
                            "--maxmemory-policy",
                            "noeviction",
                            "--pidfile",
                            pidFile.file().toString(),
                            "--logfile",
                            log.toString(),
                            "--daemonize",
                            "yes")
                    .redirectErrorStream(true)
                    .redirectOutput(dir.resolve("redis.out").toFile())
                    .start();
            if (!launcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || launcher.exitValue() != 0) {
                throw new RunException("Redis did not start; see " + dir.resolve("redis.out") + " and " + log);
            }
            return new Redis(chosen, awaitPid(pidFile, log));
        } catch (IOException e) {
            throw new RunException("cannot start a Redis in " + dir + ": " + e.getMessage() + mend(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunException("interrupted while Redis was starting", e);
        }
    }

    int port() {
        return port;
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    long pid() {
        return process.pid();
    }

    /** Ends it; what it holds is on disk afterwards. A second call does nothing. */
    void stop() {
        PidFile.end(process, PATIENCE);
    }

    private static ProcessHandle awaitPid(PidFile pidFile, Path log) {
        boolean there = Waiting.until(PATIENCE, () -> pidFile.read().isPresent());
        return Optional.of(there)
                .filter(Boolean::booleanValue)
                .flatMap(yes -> pidFile.read())
                .flatMap(ProcessHandle::of)
                .orElseThrow(() -> new RunException("Redis started and ended at once; see " + log));
    }

    private static Path binary(Path dir) throws IOException {
        if (RunSettings.onWindows()) {
            throw new RunException("a run brings no Redis on Windows" + mend());
        }
        Optional<Path> onPath = Stream.of(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
        return onPath.isPresent() ? onPath.get() : bundled(dir);
    }

    private static Path bundled(Path dir) throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "mac" : "linux";
        String platform = system + "-" + System.getProperty("os.arch");
        String resource = BUNDLED.get(platform);
        try (InputStream content = resource == null ? null : Redis.class.getResourceAsStream("/" + resource)) {
            if (content == null) {
                throw new RunException("there is no redis-server on the PATH, and none for " + platform + mend());
            }
            Path binary = dir.resolve("redis-server");
            Files.deleteIfExists(binary);
            Files.write(binary, content.readAllBytes());
            Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwxr-xr-x"));
            return binary;
        }
    }

    private static String mend() {
        return "; install Redis, or name one that runs with " + RunSettings.BROKER_VARIABLE + "=redis://host:6379";
    }
}
