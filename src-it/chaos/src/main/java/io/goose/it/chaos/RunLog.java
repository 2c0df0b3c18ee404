package io.goose.it.chaos;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Which jobs ran, one line each, in a file of each process: written before the run goes on, so that a kill loses none. */
final class RunLog implements AutoCloseable {

    // Not a channel: that would be closed for all jobs when one of them is interrupted.
    private final FileOutputStream file;

    RunLog(Path path) throws IOException {
        file = new FileOutputStream(path.toFile(), true);
    }

    void ran(String what, int number) {
        try {
            file.write((what + " " + number + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** How often each job of a kind ran, over all files of a folder. */
    static Map<Integer, Integer> count(Path folder, String what) throws IOException {
        Map<Integer, Integer> runs = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".runs")).toList()) {
                for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
                    if (line.startsWith(what + " ")) {
                        runs.merge(Integer.parseInt(line.substring(what.length() + 1)), 1, Integer::sum);
                    }
                }
            }
        }
        return runs;
    }
}
