package io.goose.examples.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Remembers the process of an earlier run: one that was killed could not stop what it had started.
 *
 * @param file holds the process id as text
 */
record PidFile(Path file) {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    void write(long pid) throws IOException {
        Files.writeString(file, Long.toString(pid));
    }

    /** The id in the file, if there is one: the process that writes it may be about to. */
    Optional<Long> read() {
        try {
            return Files.exists(file)
                    ? Optional.of(Files.readString(file).strip())
                            .filter(text -> !text.isEmpty())
                            .map(Long::valueOf)
                    : Optional.empty();
        } catch (IOException | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    /**
     * Ends the process of an earlier run, if it still lives.
     *
     * @param mark what its command line contains, so that a stranger who got its id is left alone
     * @return whether there was one
     */
    boolean endLeftover(String mark) throws IOException {
        Optional<ProcessHandle> leftover = read().flatMap(ProcessHandle::of).filter(process -> carries(process, mark));
        leftover.ifPresent(process -> end(process, PATIENCE));
        Files.deleteIfExists(file);
        return leftover.isPresent();
    }

    /** Ends a process politely, and if it does not heed that within {@code patience}, by force. */
    static void end(ProcessHandle process, Duration patience) {
        process.destroy();
        if (!Waiting.until(patience, () -> !process.isAlive())) {
            process.destroyForcibly();
            Waiting.until(patience, () -> !process.isAlive());
        }
    }

    private static boolean carries(ProcessHandle process, String mark) {
        ProcessHandle.Info info = process.info();
        return info.command().filter(command -> command.contains(mark)).isPresent()
                || info.arguments()
                        .filter(given -> String.join(" ", given).contains(mark))
                        .isPresent();
    }
}
