package io.goose.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where servers keep their files: {@code target/it} of the directory the JVM was started in, or {@code -Dit.work=<dir>}. */
final class WorkDirectory {

    private WorkDirectory() {}

    static Path root() {
        return Path.of(System.getProperty("it.work", "target/it")).toAbsolutePath();
    }

    /** A new directory whose name starts with {@code name}. */
    static Path fresh(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(root()), name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a directory in " + root() + "; choose another by -Dit.work", e);
        }
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) {
        try (Stream<Path> walk = Files.walk(directory)) {
            List<Path> deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
