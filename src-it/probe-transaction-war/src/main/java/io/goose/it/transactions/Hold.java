package io.goose.it.transactions;

import io.goose.it.observe.Records;
import jakarta.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Where work waits for as long as a file is there, for a test that kills the server meanwhile. */
final class Hold {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    private Hold() {}

    /** Says that it waits, and waits; not if there is nothing to wait for. */
    static void at(String key) {
        if (!isAsked()) {
            return;
        }
        Records.write(Json.createObjectBuilder().add("key", "held-" + key).build());
        long start = System.nanoTime();
        while (isAsked()) {
            if (System.nanoTime() - start > LONGEST.toNanos()) {
                throw new AssertionError("the server is not killed");
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private static boolean isAsked() {
        String file = System.getenv("IT_HOLD");
        return file != null && Files.exists(Path.of(file));
    }
}
