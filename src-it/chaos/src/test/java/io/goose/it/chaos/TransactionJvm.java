package io.goose.it.chaos;

import io.goose.it.server.DatabaseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link TransactionProcess}, ended by its id only. */
final class TransactionJvm implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of its worker: short, for each of many crashes is waited out. */
    static final Duration LEASE = Duration.ofSeconds(4);

    /** By which the database knows its connections. */
    static final String NAME = "mortal";

    private final Path log;
    private final Process process;

    /**
     * @param number which time the step counts
     * @param atTheStep {@link TransactionProcess#HALT} or {@link TransactionProcess#HOLD}
     */
    TransactionJvm(Path log, DatabaseServer database, String redisUrl, CrashStep step, int number, String atTheStep)
            throws IOException {
        this.log = log;
        this.process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TransactionProcess.class.getName(),
                        step.way.name(),
                        database.jdbcUrl() + "?ApplicationName=" + NAME,
                        database.user(),
                        redisUrl,
                        step.pattern.pattern(),
                        Integer.toString(number),
                        atTheStep,
                        Long.toString(LEASE.toSeconds())))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    boolean said(String text) throws IOException {
        if (!process.isAlive() && !Files.readString(log).contains(text)) {
            throw new AssertionError("it ended with " + process.exitValue() + ": " + Files.readString(log));
        }
        return Files.readString(log).contains(text);
    }

    /** Lets it go on from the step at which it is held. */
    void release() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits until it dies of the step. */
    void awaitDeath() throws Exception {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                || process.exitValue() != TransactionProcess.KILLED) {
            throw new AssertionError("it did not come to its step: " + Files.readString(log));
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (process.isAlive()) {
            kill();
        }
    }
}
