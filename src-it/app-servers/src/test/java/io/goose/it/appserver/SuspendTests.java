package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** WildFly's {@code :suspend} and {@code :resume}. */
interface SuspendTests extends Topic {

    @Test
    default void suspendedServer_leasesNothingUntilItResumes() throws IOException {
        WildFlyServer server = (WildFlyServer) harness().server();
        String key = harness().key();
        // Late enough to be suspended before, on a slow machine too.
        harness().post("/probe/api/jobs/later/" + key + "?count=20&millis=10000&step=200");
        long allDue = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        server.suspend();
        // A worker asks four times a second whether the server takes work; what it began before it asked does not
        // count.
        long suspended = System.currentTimeMillis() + 3_000;
        // Nothing shows that nothing happens; so let the last of them be due for a while.
        LockSupport.parkNanos(allDue - System.nanoTime());
        long resumed = System.currentTimeMillis();
        server.resume();
        List<JsonObject> runs = harness().records().awaitPrefix(key + "/", 20);
        assertThat(runs).extracting(run -> run.getString("key")).doesNotHaveDuplicates();
        assertThat(runs)
                .extracting(SuspendTests::millis)
                .as("runs while suspended")
                .noneMatch(at -> at > suspended && at < resumed);
        assertThat(runs)
                .extracting(SuspendTests::millis)
                .as("runs after the resume")
                .anyMatch(at -> at >= resumed);
    }

    /** For the layouts of an EAR: the server's state is the same to all. */
    interface InTheMatrix extends SuspendTests {

        @Override
        @Test
        @Tag("matrix")
        default void suspendedServer_leasesNothingUntilItResumes() throws IOException {
            SuspendTests.super.suspendedServer_leasesNothingUntilItResumes();
        }
    }

    private static long millis(JsonObject run) {
        return run.getJsonNumber("millis").longValue();
    }
}
