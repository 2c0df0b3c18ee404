package io.goose.it.chaos;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A worker in a process of its own, ended by its id only. */
final class WorkerJvm implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Process process;

    private WorkerJvm(Process process) {
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
                folder.resolve(name + ".runs").toString(),
                Integer.toString(threads),
                Long.toString(lease.toSeconds())));
        broker.forEach((key, value) -> command.add(key + "=" + value));
        File log = folder.resolve(name + ".log").toFile();
        return new WorkerJvm(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start());
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
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("worker process " + process.pid() + " did not stop in 60 s");
        }
    }

    void pause() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("-CONT");
    }

    int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("worker process " + process.pid() + " still runs after " + atMost);
        }
        return process.exitValue();
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
