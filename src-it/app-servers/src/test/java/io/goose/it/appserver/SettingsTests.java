package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which settings an application reads, and what those do that need a server to be shown. */
interface SettingsTests extends Topic {

    /** Both WARs have a file of their own; where one engine serves the whole EAR, neither is read. */
    @Test
    default void eachApplication_readsItsOwnFile() throws IOException {
        boolean own = harness().layout().hasEngineInEachModule();
        try (Harness.Application second = harness().deploySecond()) {
            String ofProbe = harness().key();
            String ofSecond = harness().key();
            harness().post("/probe/api/jobs/injected/rest/" + ofProbe);
            harness().post("/second/api/jobs/own/" + ofSecond);
            JsonObject seen = harness().records().await(ofProbe);
            assertThat(seen.getString("retriesLeft"))
                    .as("goose.retry.max of the probe")
                    .isEqualTo(own ? "5" : "27");
            assertThat(harness().records().await(ofSecond).getInt("retriesLeft"))
                    .as("goose.retry.max of the second application")
                    .isEqualTo(own ? 7 : 27);
            String log = harness().server().log().since(0);
            assertThat(log).contains(own ? "starts: 6 threads" : "starts: 5 threads");
            if (own) {
                assertThat(log).contains("starts: 4 threads");
            } else {
                assertThat(log).doesNotContain("starts: 6 threads").doesNotContain("starts: 4 threads");
            }
        }
    }

    @Test
    default void manualStart_leavesItToTheApplication() throws IOException {
        Map<String, String> settings = Map.of("goose.worker.start", "manual", "goose.namespace", "manual");
        long before = harness().server().log().length();
        try (Harness.Application manual = harness().deploy("manual", Archives.SECOND, settings)) {
            String key = harness().key();
            harness().post("/manual/api/jobs/own/" + key);
            assertThat(harness().get("/manual/api/workers")).isEqualTo("stopped, waiting: 1");
            assertThat(harness().server().log().since(before))
                    .contains("GOOSE-2211")
                    .doesNotContain("GOOSE-4004");
            harness().post("/manual/api/workers");
            assertThat(harness().records().await(key).getString("module")).isEqualTo("manual");
            assertThat(harness().get("/manual/api/workers")).startsWith("running");
        }
    }
}
