package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Open Liberty with MicroProfile Metrics shows by itself what Goose measures; without it the other tests of Open Liberty run. */
final class LibertyMetricsIT {

    private static final int JOBS = 3;

    @Test
    void theServersOwnEndpoint_showsJobs_timers_andSizes_asJobsRun() throws IOException {
        try (Harness harness = new Harness(
                "LibertyMetricsIT", AppServer.Kind.LIBERTY_METRICS, Layout.WAR, AppServerContract.ownJdk())) {
            harness.deployProbe();
            for (int i = 0; i < JOBS; i++) {
                String key = harness.key();
                harness.post("/probe/api/async/bean/plain/" + key);
                harness.records().await(key);
            }
            Harness.await(
                    () -> "that " + JOBS + " jobs are shown in\n" + String.join("\n", shown(harness)),
                    () -> lines(harness, "goose_jobs_succeeded_total", "#plain").stream()
                            .anyMatch(line -> value(line) == JOBS));
            assertThat(lines(harness, "goose_job_duration_seconds_count", "#plain"))
                    .singleElement()
                    .satisfies(line -> {
                        assertThat(line).contains("broker=\"main\"", "queue=\"default\"");
                        assertThat(value(line)).isEqualTo(JOBS);
                    });
            Harness.await("that sizes are shown", () -> !lines(harness, "goose_queue_waiting", "\"default\"")
                    .isEmpty());
            assertThat(lines(harness, "goose_workers", "\"main\""))
                    .singleElement()
                    .satisfies(line -> assertThat(value(line)).isEqualTo(1));

            harness.undeployProbe();
            assertThat(shown(harness))
                    .as("gauges of an application that is gone")
                    .noneMatch(line -> line.startsWith("goose_queue_waiting"));
        }
    }

    private static double value(String line) {
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    private static List<String> shown(Harness harness) {
        try {
            return lines(harness, "goose_", "").stream().toList();
        } catch (IOException e) {
            return List.of(e.toString());
        }
    }

    private static List<String> lines(Harness harness, String begin, String part) throws IOException {
        Stream<String> all = Arrays.stream(harness.get("/metrics").split("\n", -1));
        return all.filter(line -> line.startsWith(begin) && line.contains(part)).toList();
    }
}
