package io.goose.examples.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The launcher in a process of its own, as Maven runs it, on free ports. It does not outlive this JVM: a shutdown hook tells it
 * to end, and where {@code setpriv} is found the kernel does so when this JVM is gone, even if that was killed. The launcher
 * then ends what it started.
 */
final class RunningStudio implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(10);
    private static final Duration STOP = Duration.ofMinutes(2);
    private static final Pattern REDIS = Pattern.compile("Redis, port ([0-9]+) .*process ([0-9]+)");

    private final Path output;
    private final Process launcher;
    private final int httpPort;
    private final List<ProcessHandle> family = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private boolean broughtRedis;

    private RunningStudio(Path output, Process launcher, int httpPort, int managementPort) {
        this.output = output;
        this.launcher = launcher;
        this.httpPort = httpPort;
        ports.add(httpPort);
        ports.add(managementPort);
    }

    /** Starts it and waits until it says that it is open. */
    static RunningStudio start(String server, String broker, Path dir) throws IOException {
        return start(server, Layout.WAR, broker, dir);
    }

    /** Starts it in this layout and waits until it says that it is open. */
    static RunningStudio start(String server, Layout layout, String broker, Path dir) throws IOException {
        int http = TestPorts.next();
        int management = TestPorts.next();
        Files.createDirectories(dir);
        Path output = dir.resolve("launcher.out");
        RunningStudio studio = new RunningStudio(
                output, launch(server, layout, broker, dir, output, http, management), http, management);
        try {
            studio.awaitOpen();
            return studio;
        } catch (RuntimeException | IOException | AssertionError e) {
            studio.close();
            throw e;
        }
    }

    /** Starts it on given ports, without waiting. */
    static Process launch(String server, Layout layout, String broker, Path dir, Path output, int http, int management)
            throws IOException {
        List<String> command = new ArrayList<>(tiedToThisJvm());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dstudio.server=" + server,
                "-Dstudio.home=" + System.getProperty("it." + server + ".home"),
                "-Dstudio.layout=" + layout.text(),
                "-Dstudio.war=" + System.getProperty(archive(layout)),
                "-Dstudio.rar=" + System.getProperty("it.studio.rar"),
                "-Dstudio.h2=" + System.getProperty("it.studio.h2"),
                "-Dstudio.run.dir=" + dir,
                "-Dbroker=" + broker,
                "-Dhttp.port=" + http,
                "-Dmanagement.port=" + management,
                "-Dredis.port=" + TestPorts.next(),
                Main.class.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove(RunSettings.BROKER_VARIABLE); // the test is about what it brings
        Process launcher = spawn(builder);
        Runtime.getRuntime().addShutdownHook(new Thread(launcher::destroy, "end-" + launcher.pid()));
        return launcher;
    }

    private static String archive(Layout layout) {
        return switch (layout) {
            case WAR -> "it.studio.war";
            case RAR -> "it.studio.adapter.war";
            case EAR -> "it.studio.ear";
        };
    }

    private static List<String> tiedToThisJvm() {
        List<String> tie = List.of("setpriv", "--pdeathsig", "TERM");
        List<String> tried = new ArrayList<>(tie);
        tried.add("true");
        try {
            return new ProcessBuilder(tried).start().waitFor() == 0 ? tie : List.of();
        } catch (IOException notThere) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** The kernel takes the end of the thread that started a child for the death of its parent. */
    private static Process spawn(ProcessBuilder builder) throws IOException {
        CompletableFuture<Process> started = new CompletableFuture<>();
        Thread parent = new Thread(
                () -> {
                    try {
                        Process child = builder.start();
                        started.complete(child);
                        child.waitFor();
                    } catch (IOException | InterruptedException e) {
                        started.completeExceptionally(e);
                    }
                },
                "parent-of-launcher");
        parent.setDaemon(true);
        parent.start();
        try {
            return started.join();
        } catch (CompletionException e) {
            throw new IOException("the launcher cannot be started", e.getCause());
        }
    }

    int httpPort() {
        return httpPort;
    }

    /** Whether it brought a Redis. */
    boolean broughtRedis() {
        return broughtRedis;
    }

    /** Kills the launcher, which leaves it no time to stop the server and Redis. */
    void kill() throws InterruptedException {
        launcher.destroyForcibly().waitFor();
    }

    /** What is still running of it. */
    List<String> left() {
        List<String> left = new ArrayList<>();
        family.stream()
                .filter(ProcessHandle::isAlive)
                .forEach(process -> left.add(
                        "process " + process.pid() + " " + process.info().command()));
        ports.stream().filter(RunningStudio::answers).forEach(port -> left.add("port " + port));
        return left;
    }

    /**
     * Tells the launcher to end, as Ctrl-C does: the JVM treats both signals alike, but a build that runs in the background
     * may have this one only.
     *
     * @return what it left behind: processes that live, ports that answer
     */
    List<String> stop() throws InterruptedException {
        launcher.destroy();
        List<String> left = new ArrayList<>();
        if (!launcher.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            left.add("the launcher");
        }
        left.addAll(left());
        return left;
    }

    @Override
    public void close() {
        launcher.destroy();
        if (!Waiting.until(STOP, () -> !launcher.isAlive())) {
            launcher.destroyForcibly();
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }

    private void awaitOpen() throws IOException {
        boolean said =
                Waiting.until(START, () -> !launcher.isAlive() || read(output).contains("Ctrl-C stops"));
        String text = read(output);
        if (!said || !launcher.isAlive()) {
            throw new AssertionError("the studio did not open:\n" + text);
        }
        launcher.descendants().forEach(family::add);
        Matcher redis = REDIS.matcher(text);
        broughtRedis = redis.find();
        if (broughtRedis) {
            ports.add(Integer.parseInt(redis.group(1)));
            family.add(ProcessHandle.of(Long.parseLong(redis.group(2))).orElseThrow());
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean answers(int port) {
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }
}
