package io.goose.it.appserver;

import io.goose.it.server.PortRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The Java process of an application server, ended by its own handle and at the latest with this JVM. */
final class ServerProcess implements AutoCloseable {

    private static final PortRange PORTS = new PortRange(22_000); // between those of the brokers and the system's

    private final Process process;
    private final Path console;
    private final Thread lastResort;

    private ServerProcess(Process process, Path console) {
        this.process = process;
        this.console = console;
        this.lastResort = new Thread(process::destroyForcibly, "end-server-" + process.pid());
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    static ServerProcess start(List<String> command, Path directory, Map<String, String> environment, Path console)
            throws IOException {
        Files.createDirectories(console.getParent());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(console.toFile()));
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), console);
    }

    /** Waits until the condition holds; fails with the end of the console if the process dies or the time is over. */
    void await(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                String state = process.isAlive() ? "did not happen in " + limit : "cannot happen, the server ended";
                throw new AssertionError(what + " " + state + "; the end of " + console + ":\n" + tail());
            }
            pause();
        }
    }

    long pid() {
        return process.pid();
    }

    /** {@code kill -9}; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        Runtime.getRuntime().removeShutdownHook(lastResort);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(lastResort);
    }

    /** A port that is free now, and still is when a server takes it seconds later. */
    static int freePort() {
        return PORTS.next().orElseThrow(() -> new IllegalStateException("no port is free from 22000 on"));
    }

    /** The short pause of every loop that polls something outside this JVM. */
    static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a server", e);
        }
    }

    private String tail() {
        try {
            String text = new String(Files.readAllBytes(console), StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - 6000));
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }
}
