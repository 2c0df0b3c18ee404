package io.goose.it.observe;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Appends JSON lines to the file named by the environment variable {@code IT_RECORDS}. A file, because what a job saw while
 * its application was being undeployed must outlive the application.
 *
 * <p>Thread-safe; each line is one write, so several applications may share the file.
 */
public final class Records {

    private static final Path FILE = Path.of(required("IT_RECORDS"));

    private Records() {}

    /** Appends one line. */
    public static void write(JsonObject line) {
        try {
            Files.write(
                    FILE,
                    (line + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file whose appearance tells the job with this key to end. */
    public static Path finishMark(String key) {
        return FILE.resolveSibling(key + ".finish");
    }

    private static String required(String variable) {
        String value = System.getenv(variable);
        if (value == null) {
            throw new IllegalStateException("the environment variable " + variable + " is not set");
        }
        return value;
    }
}
