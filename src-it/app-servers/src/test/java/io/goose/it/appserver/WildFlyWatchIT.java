package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** WildFly with MicroProfile Health and OpenTelemetry. */
final class WildFlyWatchIT extends WatchContract {

    WildFlyWatchIT() {
        super(AppServer.Kind.WILDFLY_TELEMETRY);
    }

    /** Open Liberty lists no check of an application that it stops. */
    @Test
    void health_isNotReady_whileTheApplicationIsUndeployed_asLongAsAJobRuns() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/context/long/" + key);
        harness().records().await(key + "/started");
        CompletableFuture<Void> undeployed = CompletableFuture.runAsync(this::undeploy);
        try {
            await("ready", "DOWN", Map.of("phase", "STOPPING", "main", "connected"));
            await("live", "UP", Map.of("phase", "STOPPING", "main.deadLoops", ""));
            assertThat(undeployed).as("the job still has its grace").isNotDone();
        } finally {
            harness().finish(key);
        }
        undeployed.join();
        assertThat(all("ready")).as("checks of what is gone").isEmpty();
        assertThat(harness().records().now(key + "/done")).hasSize(1);
    }

    private void undeploy() {
        try {
            harness().undeployProbe();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
