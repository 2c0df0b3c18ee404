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

/** Undeploy and redeploy. */
interface DeploymentTests extends Topic {

    @Test
    default void runningJobs_keepTheirContextUntilTheyEndWithinTheGrace() throws IOException {
        List<LongJob> jobs = startLongJobs();
        CompletableFuture<Void> undeployed = CompletableFuture.runAsync(this::undeploy);
        for (LongJob job : jobs) {
            harness()
                    .records()
                    .awaitWhere(
                            "a look at workers that stop", job.key() + "/look", look -> !look.getBoolean("workersRun"));
            int before = harness().records().now(job.key() + "/look").size();
            harness()
                    .records()
                    .await(job.key() + "/look", before + 10); // two seconds of its life while the application stops
        }
        assertThat(undeployed).as("the undeploy waits for the jobs").isNotDone();
        for (LongJob job : jobs) {
            harness().finish(job.key());
        }
        undeployed.join();
        for (LongJob job : jobs) {
            assertThat(harness().records().now(job.key() + "/look"))
                    .allSatisfy(look -> assertSeesItsApplication(job, look));
            assertThat(harness().records().now(job.key() + "/done")).hasSize(1);
        }

        harness().deployProbe();
        String later = harness().key();
        harness().post("/probe/api/jobs/injected/rest/" + later);
        harness().records().await(later);
        for (LongJob job : jobs) {
            assertThat(harness().records().now(job.key() + "/started"))
                    .as("it is not run again")
                    .hasSize(1);
        }
    }

    @Test
    default void runningJobs_thatOutlastTheGrace_keepTheirContextToItsEndAndRunAgainUncounted() throws IOException {
        List<LongJob> jobs = startLongJobs();
        // A stop within a second of another one's end shares its deadline; this one must have a grace of its own.
        LockSupport.parkNanos(Duration.ofMillis(1_500).toNanos());
        long began = System.nanoTime();
        harness().undeployProbe();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertThat(took).isBetween(Harness.GRACE.minusSeconds(1), Harness.GRACE.plusSeconds(7));
        for (LongJob job : jobs) {
            assertThat(harness().records().now(job.key() + "/done")).isEmpty();
            assertSeesItsApplicationToTheEndOfTheGrace(job);
        }

        harness().deployProbe();
        for (LongJob job : jobs) {
            List<JsonObject> starts = harness().records().await(job.key() + "/started", 2);
            assertThat(starts).extracting(start -> start.getString("attempt")).containsExactly("1", "1");
            harness().finish(job.key());
            harness().records().await(job.key() + "/done");
        }
    }

    @Test
    default void redeploy_picksUpWaitingJobs() throws IOException {
        String key = harness().key();
        harness().post("/probe/api/jobs/queue/waiting/pause");
        harness().post("/probe/api/jobs/later/" + key + "-ready?queue=waiting&count=30");
        harness().post("/probe/api/jobs/later/" + key + "-later?queue=waiting&count=30&millis=200&step=10");
        harness().undeployProbe();
        long stopped = System.currentTimeMillis();
        harness().deployProbe();
        harness().post("/probe/api/jobs/queue/waiting/resume");
        List<JsonObject> ran = harness().records().awaitPrefix(key + "-", 60);
        assertThat(ran).extracting(record -> record.getString("key")).doesNotHaveDuplicates();
        assertThat(ran).as("runs in the new deployment").allMatch(record -> millis(record) > stopped);
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

    /** A job that runs until it is told to end. */
    record LongJob(String key, boolean onEjb) {}

    /** Starts one on a CDI bean and one on an EJB. */
    private List<LongJob> startLongJobs() throws IOException {
        List<LongJob> jobs = List.of(
                new LongJob(harness().key(), false), new LongJob(harness().key(), true));
        for (LongJob job : jobs) {
            harness().post("/probe/api/jobs/context/" + (job.onEjb() ? "longEjb" : "long") + "/" + job.key());
            harness().records().await(job.key() + "/started");
        }
        return jobs;
    }

    private void assertSeesItsApplication(LongJob job, JsonObject look) {
        assertThat(look.getString("loadsApplication")).isEqualTo("true");
        assertThat(look.getString("application")).isEqualTo("probe");
        assertThat(look.getString("ejb")).isEqualTo("hello job");
        if (job.onEjb() || harness().layout().hasEngineInEachModule()) {
            assertThat(look.getString("module")).isEqualTo("probe");
            assertThat(look.getString("dataSource")).isEqualTo("42");
            assertThat(look.getString("ejbByName")).isEqualTo("hello name");
        }
    }

    // The look that the interrupt itself breaks off is left out.
    private void assertSeesItsApplicationToTheEndOfTheGrace(LongJob job) {
        List<JsonObject> looks = harness().records().now(job.key() + "/look");
        long stop = looks.stream()
                .filter(look -> !look.getBoolean("workersRun"))
                .mapToLong(DeploymentTests::millis)
                .findFirst()
                .orElseThrow();
        long end = stop + Harness.GRACE.minusMillis(500).toMillis();
        List<JsonObject> within =
                looks.stream().filter(look -> millis(look) < end).toList();
        assertThat(within).allSatisfy(look -> assertSeesItsApplication(job, look));
        assertThat(millis(within.get(within.size() - 1)))
                .as("the last look before the end of the grace")
                .isGreaterThan(end - 1_500);
    }

    private static long millis(JsonObject look) {
        return look.getJsonNumber("millis").longValue();
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
