package io.goose.it.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A worker in a process of its own, ended by its id only. */
final class WorkerJvm implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final Path log;
    private final Process process;

    private WorkerJvm(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
    }

    static WorkerJvm start(Path folder, Map<String, String> broker, int threads, Duration lease) throws IOException {
        String name = "worker-" + COUNT.incrementAndGet();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerProcess.class.getName(),
                folder.resolve(name + RunLog.SUFFIX).toString(),
                Integer.toString(threads),
                Long.toString(lease.toSeconds())));
        broker.forEach((key, value) -> command.add(key + "=" + value));
        Path log = folder.resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new WorkerJvm(name, log, process);
    }

    /** The name under which it notes its runs. */
    String name() {
        return name;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** An orderly stop. */
    void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        awaitExit(STOP_PATIENCE);
    }

    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(name + ", process " + process.pid() + ", still runs after " + atMost);
        }
        return process.exitValue();
    }

    /** The lines of its log in which a pattern is found. */
    List<Matcher> said(Pattern pattern) throws IOException {
        List<Matcher> found = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                found.add(matcher);
            }
        }
        return found;
    }

    /** The sum of the numbers that a group of a pattern matched in its log. */
    int sumOf(Pattern pattern, int group) throws IOException {
        return said(pattern).stream()
                .mapToInt(line -> number(line.group(group)))
                .sum();
    }

    /** A number as a log has it, with or without marks between thousands. */
    static int number(String text) {
        return Integer.parseInt(text.replaceAll("\\D", ""));
    }

    private void signal(String which) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", which, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("kill " + which + " " + process.pid() + " ended with " + exit);
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            kill();
        }
    }
}
