package io.goose.it.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server as a child process of this JVM, addressed by its process id alone.
 *
 * <p>It does not outlive the JVM: a shutdown hook kills it, and where {@code setpriv} is found the kernel does so when the
 * parent is gone, even if that was killed.
 */
final class ChildProcess implements ServerControl {

    private static final Duration SIGNAL_PATIENCE = Duration.ofSeconds(60);

    private final List<String> command;
    private final Path directory;
    private final Path log;
    private final String stopSignal;
    private @Nullable Process process;
    private @Nullable Thread hook;
    private long logStart;

    /** Will run {@code command} in {@code directory}, its output appended to the file {@code log}. */
    ChildProcess(List<String> command, Path directory, Path log) {
        this(command, directory, log, "TERM");
    }

    /** The same for a program that ends in its own order on another signal than SIGTERM. */
    ChildProcess(List<String> command, Path directory, Path log, String stopSignal) {
        this.command = List.copyOf(command);
        this.directory = directory;
        this.log = log;
        this.stopSignal = stopSignal;
    }

    @Override
    public void start() {
        logStart = length(log);
        List<String> line = new ArrayList<>(command);
        if (canTieToParent()) {
            line.addAll(0, List.of("setpriv", "--pdeathsig", "KILL"));
        }
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process started = spawn(builder);
        process = started;
        Thread killer = new Thread(started::destroyForcibly, "end-" + started.pid());
        Runtime.getRuntime().addShutdownHook(killer);
        hook = killer;
    }

    /**
     * Starts the process from a thread that lives as long as it does: the kernel takes the end of the thread that
     * started a child for the death of its parent.
     */
    private static Process spawn(ProcessBuilder builder) {
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
                "parent-of-" + builder.command().get(0));
        parent.setDaemon(true);
        parent.start();
        try {
            return started.join();
        } catch (CompletionException e) {
            throw new ServerUnavailableException("cannot start " + builder.command() + ": " + e.getCause(), e);
        }
    }

    private static boolean canTieToParent() {
        return Commands.onPath("setpriv").isPresent()
                && Commands.run("setpriv", "--pdeathsig", "KILL", "true").succeeded();
    }

    @Override
    public void kill() {
        Process current = process;
        if (current != null) {
            List<ProcessHandle> children = current.descendants().toList();
            current.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly); // those of PostgreSQL end by themselves, later
            awaitEnd(current, SIGNAL_PATIENCE);
            children.forEach(
                    child -> child.onExit().orTimeout(60, TimeUnit.SECONDS).join());
            ended();
        }
    }

    @Override
    public void stop(Duration patience) {
        Process current = process;
        if (current != null) {
            if (current.isAlive()) {
                resume(); // a frozen process does not see other signals
                signal(stopSignal);
            }
            if (!awaitEnd(current, patience)) {
                kill();
            }
            ended();
        }
    }

    @Override
    public void pause() {
        long pid = signal("STOP");
        signalChildren("STOP");
        long deadline = System.nanoTime() + SIGNAL_PATIENCE.toNanos();
        while (state(pid) != 'T') { // the signal is sent, and has yet to be taken
            if (System.nanoTime() - deadline > 0) {
                throw new ServerUnavailableException("process " + pid + " did not stop in " + SIGNAL_PATIENCE);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void resume() {
        signal("CONT");
        signalChildren("CONT");
    }

    /** PostgreSQL has a process for each connection; the other servers have no children. */
    private void signalChildren(String name) {
        Process current = process;
        if (current != null) {
            current.descendants().forEach(child -> Commands.run("sh", "-c", "kill -" + name + " " + child.pid()));
        }
    }

    private long signal(String name) {
        Process current = process;
        if (current == null || !current.isAlive()) {
            throw new IllegalStateException(
                    "no process to send SIG" + name + " to: " + command.get(0) + " does not run");
        }
        Commands.Result result = Commands.run("sh", "-c", "kill -" + name + " " + current.pid());
        if (!result.succeeded()) {
            throw new ServerUnavailableException(
                    "cannot send SIG" + name + " to process " + current.pid() + ": " + result.output());
        }
        return current.pid();
    }

    /** The letter Linux gives for a process's state, T (stopped) elsewhere, where it cannot be seen. */
    private static char state(long pid) {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        if (!Files.exists(Path.of("/proc/self/stat"))) {
            return 'T';
        }
        try {
            String line = Files.readString(stat);
            return line.charAt(line.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new ServerUnavailableException("process " + pid + " ended while it was being paused", e);
        }
    }

    @Override
    public boolean isRunning() {
        Process current = process;
        return current != null && current.isAlive();
    }

    @Override
    public String log() {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] bytes = new byte[Math.toIntExact(file.length() - logStart)];
            file.seek(logStart);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void discard() {
        kill();
    }

    private void ended() {
        Thread current = hook;
        if (current != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(current);
            } catch (IllegalStateException shuttingDown) {
                return; // the hook runs or ran, and has nothing left to end
            }
        }
        hook = null;
        process = null;
    }

    private static boolean awaitEnd(Process process, Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static long length(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
