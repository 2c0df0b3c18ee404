package io.goose.it.appserver;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/** What the jobs wrote down. */
record RecordFile(Path file) {

    /** Waits for the record with this key. */
    JsonObject await(String key) {
        return await(key, 1).get(0);
    }

    /** Waits until there are this many records with this key. */
    List<JsonObject> await(String key, int count) {
        return awaitMatching("key " + key, record -> record.getString("key").equals(key), count);
    }

    /** Waits until there are this many records whose key starts with this. */
    List<JsonObject> awaitPrefix(String prefix, int count) {
        return awaitMatching(
                "key " + prefix + "…", record -> record.getString("key").startsWith(prefix), count);
    }

    /** Waits for a record with this key of which this is true. */
    void awaitWhere(String what, String key, Predicate<JsonObject> wanted) {
        awaitMatching(what, record -> record.getString("key").equals(key) && wanted.test(record), 1);
    }

    /** The records with this key there are now. */
    List<JsonObject> now(String key) {
        return all().stream()
                .filter(record -> record.getString("key").equals(key))
                .toList();
    }

    /** The records there are now whose key starts with this. */
    List<JsonObject> nowPrefix(String prefix) {
        return all().stream()
                .filter(record -> record.getString("key").startsWith(prefix))
                .toList();
    }

    private List<JsonObject> awaitMatching(String what, Predicate<JsonObject> wanted, int count) {
        long end = System.nanoTime() + Harness.LIMIT.toNanos();
        while (true) {
            List<JsonObject> found = all().stream().filter(wanted).toList();
            if (found.size() >= count) {
                return found;
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("after %s there are %d of %d records with %s; the last 10 records: %s"
                        .formatted(Harness.LIMIT, found.size(), count, what, last()));
            }
            ServerProcess.pause();
        }
    }

    private List<JsonObject> last() {
        List<JsonObject> all = all();
        return all.subList(Math.max(0, all.size() - 10), all.size());
    }

    private List<JsonObject> all() {
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            String text = Files.readString(file);
            return text.substring(0, text.lastIndexOf('\n') + 1)
                    .lines()
                    .map(RecordFile::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonObject parse(String line) {
        try (JsonReader reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        }
    }
}
