package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** WildFly's {@code :suspend} and {@code :resume}. */
interface SuspendTests extends Topic {

    @Test
    default void suspendedServer_leasesNothingUntilItResumes() throws IOException {
        WildFlyServer server = (WildFlyServer) harness().server();
        String key = harness().key();
        harness().post("/probe/api/jobs/later/" + key + "?count=20&millis=3000");
        long due = System.nanoTime() + Duration.ofSeconds(6).toNanos();
        server.suspend();
        Harness.await("the time", Duration.ofSeconds(10), () -> System.nanoTime() - due > 0);
        assertThat(harness().records().nowPrefix(key + "/"))
                .as("runs while suspended")
                .isEmpty();
        server.resume();
        assertThat(harness().records().awaitPrefix(key + "/", 20)).hasSize(20);
    }
}
