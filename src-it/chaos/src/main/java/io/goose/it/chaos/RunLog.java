package io.goose.it.chaos;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * What happened to which job and when, one line each, in a file of each process: written before the run goes on, so that a
 * kill loses none.
 */
final class RunLog implements AutoCloseable {

    /** How the name of such a file ends. */
    static final String SUFFIX = ".runs";

    // Not a channel: that would be closed for all jobs when one of them is interrupted.
    private final FileOutputStream file;

    RunLog(Path path) throws IOException {
        file = new FileOutputStream(path.toFile(), true);
    }

    void note(String what, int number) {
        try {
            String line = what + " " + number + " " + System.currentTimeMillis() + "\n";
            file.write(line.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
