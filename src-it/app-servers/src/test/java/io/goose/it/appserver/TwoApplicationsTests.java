package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Two applications on one server. */
interface TwoApplicationsTests extends Topic {

    @Test
    default void secondApplication_runsItsJobsBesideTheFirst() throws IOException {
        try (Harness.Application second = harness().deploySecond()) {
            String own = harness().key();
            String shared = harness().key();
            String first = harness().key();
            harness().post("/second/api/jobs/own/" + own);
            harness().post("/second/api/jobs/shared/" + shared);
            harness().post("/probe/api/jobs/context/ejb/" + first);
            assertThat(harness().records().await(own).getString("module")).isEqualTo("second");
            assertThat(harness().records().await(shared).getString("module")).isEqualTo("second");
            assertThat(harness().records().await(first).getString("module")).isEqualTo("probe");
        }
    }

    @Test
    default void eachApplication_hasSettingsAndThreadsOfItsOwnAndOutlivesTheOther() throws IOException {
        Map<String, String> settings =
                Map.of("goose.namespace", "other", "goose.retry.max", "9", "goose.worker.threads", "3");
        long before = harness().server().log().length();
        Set<Long> threadsOfOther;
        try (Harness.Application other = harness().deploy("other", Archives.SECOND, settings)) {
            assertThat(harness().server().log().since(before)).contains("starts: 3 threads");
            List<JsonObject> ofProbe = run("/probe/api/jobs/context/ejb/", 30);
            List<JsonObject> ofOther = run("/other/api/jobs/own/", 30);
            assertThat(ofProbe).extracting(run -> run.getString("module")).containsOnly("probe");
            assertThat(ofOther).extracting(run -> run.getString("module")).containsOnly("other");
            assertThat(ofOther).extracting(run -> run.getInt("retriesLeft")).containsOnly(9);
            Set<Long> threadsOfProbe = threads(ofProbe);
            threadsOfOther = threads(ofOther);
            assertThat(threadsOfOther).as("threads that run jobs of both").doesNotContainAnyElementsOf(threadsOfProbe);
            assertThat(threadsOfOther).hasSizeLessThanOrEqualTo(3);

            harness().undeployProbe();
            awaitTheEndOf(threadsOfProbe);
            run("/other/api/jobs/own/", 10);
            harness().deployProbe();
        }
        awaitTheEndOf(threadsOfOther);
        run("/probe/api/jobs/context/ejb/", 10);
    }

    // Enqueues this many jobs with one key and waits until they ran.
    private List<JsonObject> run(String path, int count) throws IOException {
        String key = harness().key();
        for (int i = 0; i < count; i++) {
            harness().post(path + key);
        }
        return harness().records().await(key, count);
    }

    private void awaitTheEndOf(Set<Long> threads) throws IOException {
        Harness.await("the end of the undeployed application's threads", () -> harness().threads().stream()
                .noneMatch(thread -> threads.contains(thread.getJsonNumber("id").longValue())));
    }

    private static Set<Long> threads(List<JsonObject> runs) {
        return runs.stream()
                .map(run -> run.getJsonNumber("threadId").longValue())
                .collect(Collectors.toSet());
    }
}
