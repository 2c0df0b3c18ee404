package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Undeploy and redeploy. */
interface DeploymentTests extends Topic {

    @ParameterizedTest
    @ValueSource(strings = {"long", "longEjb"})
    default void runningJob_keepsItsContextUntilItEndsWithinTheGrace(String job) throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/context/" + job + "/" + key);
        harness().records().await(key + "/started");
        CompletableFuture<Void> undeployed = CompletableFuture.runAsync(this::undeploy);
        harness()
                .records()
                .awaitWhere("a look at workers that stop", key + "/look", look -> !look.getBoolean("workersRun"));
        int before = harness().records().now(key + "/look").size();
        harness().records().await(key + "/look", before + 15); // three seconds of its life while the application stops
        assertThat(undeployed).as("the undeploy waits for the job").isNotDone();
        harness().finish(key);
        undeployed.join();
        List<JsonObject> looks = harness().records().now(key + "/look");
        assertThat(looks).allSatisfy(look -> {
            assertThat(look.getString("loadsApplication")).isEqualTo("true");
            assertThat(look.getString("application")).isEqualTo("probe");
            assertThat(look.getString("ejb")).isEqualTo("hello job");
        });
        if (job.equals("longEjb") || harness().layout().hasEngineInEachModule()) {
            assertThat(looks).allSatisfy(look -> {
                assertThat(look.getString("module")).isEqualTo("probe");
                assertThat(look.getString("dataSource")).isEqualTo("42");
                assertThat(look.getString("ejbByName")).isEqualTo("hello name");
            });
        }
        assertThat(harness().records().now(key + "/done")).hasSize(1);

        harness().deployProbe();
        String later = harness().key();
        harness().post("/probe/api/jobs/injected/rest/" + later);
        harness().records().await(later);
        assertThat(harness().records().now(key + "/started"))
                .as("it is not run again")
                .hasSize(1);
    }

    @Test
    default void runningJob_thatOutlastsTheGrace_isInterruptedAndRunsAgainUncounted() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/context/long/" + key);
        harness().records().await(key + "/started");
        // A stop within a second of another one's end shares its deadline; this one must have a grace of its own.
        LockSupport.parkNanos(Duration.ofMillis(1_500).toNanos());
        long began = System.nanoTime();
        harness().undeployProbe();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertThat(took).isBetween(Harness.GRACE.minusSeconds(1), Harness.GRACE.plusSeconds(7));
        assertThat(harness().records().now(key + "/done")).isEmpty();

        harness().deployProbe();
        List<JsonObject> starts = harness().records().await(key + "/started", 2);
        assertThat(starts).extracting(start -> start.getString("attempt")).containsExactly("1", "1");
        harness().finish(key);
        harness().records().await(key + "/done");
    }

    @Test
    default void redeploy_picksUpWaitingJobs() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/later/" + key + "?count=60&millis=200&step=100");
        harness().undeployProbe();
        long stopped = System.currentTimeMillis();
        harness().deployProbe();
        List<JsonObject> ran = harness().records().awaitPrefix(key + "/", 60);
        assertThat(ran).extracting(record -> record.getString("key")).doesNotHaveDuplicates();
        assertThat(ran)
                .as("jobs that ran in the new deployment")
                .anyMatch(record -> record.getJsonNumber("millis").longValue() > stopped);
    }

    @Test
    default void undeploy_leavesNoThreadAndNoConnection() throws IOException {
        harness().post("/probe/api/jobs/load?count=200");
        Harness.await("the load", Duration.ofSeconds(60), () -> loaded() >= 200);
        assertThat(harness().broker().clients()).isNotEmpty();
        harness().undeployProbe();
        Harness.await("the end of the last thread of the library", Duration.ofSeconds(5), () -> liveThreadsOfLibrary()
                .isEmpty());
        assertThat(harness().broker().clients()).as("connections to Redis").isEmpty();
    }

    private List<String> liveThreadsOfLibrary() throws IOException {
        Map<Long, String> started = harness().threadsOfLibrary(Instant.EPOCH);
        assertThat(started).as("threads that the library started").isNotEmpty();
        return harness().threads().stream()
                .filter(thread -> started.containsKey((long) thread.getInt("id"))
                        || thread.get("stack").toString().contains("\"io.goose.engine"))
                .map(thread -> thread.getString("name"))
                .toList();
    }

    private int loaded() throws IOException {
        return Integer.parseInt(harness().get("/probe/api/jobs/load"));
    }

    private void undeploy() {
        try {
            harness().undeployProbe();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }
}
