package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A thread factory of virtual threads, which the application defines: Jakarta EE 11 on Java 21 or later. */
interface VirtualThreadTests extends Topic {

    @Test
    default void job_runsOnAVirtualThreadOfTheApplicationsOwnFactory() throws IOException {
        Map<String, String> settings =
                Map.of("goose.worker.thread-factory", "java:app/concurrent/jobs", "goose.namespace", "virtual");
        try (Harness.Application virtual = harness().deploy("virtual", Archives.VIRTUAL, settings)) {
            String key = harness().key();
            String id = harness().post("/virtual/api/jobs/" + key);
            JsonObject seen = harness().records().await(key);
            assertThat(seen.getString("run")).isEqualTo(id);
            assertThat(seen.getString("virtual")).isEqualTo("true");
            assertThat(seen.getString("loadsApplication")).isEqualTo("true");
            assertThat(seen.getString("module")).isEqualTo("virtual");
            assertThat(seen.getString("dataSource")).isEqualTo("42");
        }
    }
}
