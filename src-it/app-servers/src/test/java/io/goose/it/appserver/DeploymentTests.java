package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Undeploy and redeploy. */
interface DeploymentTests extends Topic {

    /** A frame of the library in the JSON of a stack; the test applications are no part of it. */
    Pattern RUNS_LIBRARY = Pattern.compile("[\"/]io\\.goose\\.(?!it\\.)");

    @Test
    default void runningJobs_keepTheirContextUntilTheyEndWithinTheGrace() throws IOException {
        List<LongJob> jobs = startLongJobs();
        CompletableFuture<Void> undeployed = CompletableFuture.runAsync(this::undeploy);
        for (LongJob job : jobs) {
            harness()
                    .records()
                    .awaitWhere(
                            "a look at workers that stop", job.key() + "/look", look -> !look.getBoolean("workersRun"));
        }
        // Some of its life while the application stops; all at once, for the grace goes on.
        Map<LongJob, Integer> before = new HashMap<>();
        jobs.forEach(job ->
                before.put(job, harness().records().now(job.key() + "/look").size()));
        before.forEach((job, looks) -> harness().records().await(job.key() + "/look", looks + 2));
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
        harness().undeployProbe();
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
        Harness.await("the load", () -> loaded() >= 200);
        assertThat(harness().broker().clients()).isNotEmpty();
        assertThat(liveThreadsOf(Map.of())).as("what shows before").isNotEmpty();
        harness().undeployProbe();
        Map<Long, String> started = harness().threadsOfLibrary(Instant.EPOCH);
        assertThat(started).as("threads that the library started").isNotEmpty();
        // A pool of the server may have grown for the library's sake; its idle threads end when the pool lets them.
        List<String> left = new ArrayList<>();
        Harness.await(() -> "the end of the last thread of the library, left are " + left, () -> {
            left.clear();
            left.addAll(liveThreadsOf(started));
            return left.isEmpty();
        });
        Harness.await(
                () -> "the end of the last connection to Redis, left are "
                        + harness().broker().clients(),
                () -> harness().broker().clients().isEmpty());
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

    // The grace begins after the last look at workers that run. The look that its end breaks off is left out, as is any
    // other
    // of which nothing shows that it was over by then.
    private void assertSeesItsApplicationToTheEndOfTheGrace(LongJob job) {
        List<JsonObject> looks = harness().records().now(job.key() + "/look");
        long running = looks.stream()
                .filter(look -> look.getBoolean("workersRun"))
                .mapToLong(DeploymentTests::millis)
                .max()
                .orElseThrow();
        long end = running + Harness.GRACE.minusMillis(500).toMillis();
        long begun = looks.stream().filter(look -> millis(look) < end).count();
        List<JsonObject> within = looks.subList(0, Math.toIntExact(begun) - 1);
        assertThat(within).allSatisfy(look -> assertSeesItsApplication(job, look));
        assertThat(millis(within.get(within.size() - 1)))
                .as("the last look before the end of the grace")
                .isGreaterThan(end - 5_000);
        assertThat(millis(looks.get(looks.size() - 1)))
                .as("the last look at all, for the job is interrupted at the end of the grace")
                .isLessThan(end + Harness.LIMIT.toMillis());
    }

    private static long millis(JsonObject look) {
        return look.getJsonNumber("millis").longValue();
    }

    // Those that the library started, and any other that runs its code; with their stacks.
    private List<String> liveThreadsOf(Map<Long, String> started) throws IOException {
        return harness().threads().stream()
                .filter(thread -> started.containsKey(thread.getJsonNumber("id").longValue())
                        || RUNS_LIBRARY.matcher(thread.get("stack").toString()).find())
                .map(thread -> "%s (%s):%n  %s"
                        .formatted(
                                thread.getString("name"),
                                started.getOrDefault(
                                        thread.getJsonNumber("id").longValue(), "not started by the library"),
                                String.join("\n  ", strings(thread.getJsonArray("stack")))))
                .toList();
    }

    private static List<String> strings(JsonArray array) {
        return array.getValuesAs(JsonString::getString);
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
