package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the server's own JSON log says of jobs. */
interface JobLogTests extends Topic {

    @Test
    default void whatAJobLogs_andWhatIsSaidOfIt_tellsWhichJobItIs() throws IOException {
        String key = harness().key();
        String id = harness().post("/probe/api/watched/first/" + key);
        harness().records().await(key + "/second");

        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(context("watched run " + attempt + " of " + key))
                    .containsEntry("goose.job.id", id)
                    .containsEntry("goose.job.handler", "io.goose.it.probe.WatchedJobs#first")
                    .containsEntry("goose.job.queue", "default")
                    .containsEntry("goose.job.attempt", Integer.toString(attempt))
                    .doesNotContainKey("goose.job.batch")
                    .hasEntrySatisfying(
                            "goose.job.traceId", trace -> assertThat(trace).matches("[0-9a-f]{32}"));
        }
        Map<String, String> first = context("watched run 1 of " + key);
        Map<String, String> second = context("watched second of " + key);
        assertThat(second).containsEntry("goose.job.handler", "io.goose.it.probe.WatchedJobs#second");
        assertThat(second.get("goose.job.id")).isNotEqualTo(id);
        assertThat(second.get("goose.job.traceId")).isEqualTo(first.get("goose.job.traceId"));
        assertThat(context("GOOSE-4104: job " + id)).as("what Goose says of it").containsEntry("goose.job.id", id);

        String batchKey = harness().key();
        String batch = harness().post("/probe/api/watched/batch/" + batchKey);
        harness().post("/probe/api/watched/outside/" + batchKey);
        assertThat(context("outside of jobs " + batchKey).keySet())
                .as("of a thread that runs no job")
                .noneMatch(name -> name.startsWith("goose."));
        assertThat(context("watched member 2 of " + batchKey)).containsEntry("goose.job.batch", batch);
    }

    private Map<String, String> context(String text) throws IOException {
        Harness.await("the log has: " + text, () -> !lines(text).isEmpty());
        return harness().server().context(lines(text).get(0));
    }

    private List<JsonObject> lines(String text) throws IOException {
        return harness().server().jsonLog().stream()
                .filter(line -> line.getString("message").contains(text))
                .toList();
    }
}
