package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The photo studio, of which nothing is configured but where its gallery is: the server shows by itself what Goose measures in it, as its
 * jobs run. That it runs without any of this is what its own tests see, whose servers have none of it.
 */
abstract class StudioMetricsContract {

    private static final int DEVELOPED = 28; // four tasks of each of seven samples

    private final AppServer.Kind kind;

    StudioMetricsContract(AppServer.Kind kind) {
        this.kind = kind;
    }

    /** What the server needs in its environment for its own sake. */
    Map<String, String> environment() {
        return Map.of();
    }

    /** What the server shows now. */
    abstract List<Sample> shown(AppServer server) throws IOException;

    /** How the server calls a counter, given Goose's own name. */
    abstract String counter(String name);

    /** How the server calls the number of what a timer was given. */
    abstract String timerCount(String name);

    /** How the server calls a gauge. */
    abstract String gauge(String name);

    /** Whether what it shows of an application goes with it; else it has sent it away already. */
    abstract boolean forgets();

    @Test
    void theServerShows_counters_timers_andSizes_asJobsRun() throws IOException {
        try (StudioServer studio = new StudioServer(kind, getClass(), environment())) {
            AppServer server = studio.server();
            studio.deploy();
            Map<String, String> photos = Map.of("broker", "main", "queue", "photos");
            await(server, counter("goose.jobs.succeeded"), photos, DEVELOPED);
            await(server, counter("goose.jobs.enqueued"), photos, DEVELOPED);
            await(server, timerCount("goose.job.duration"), photos, DEVELOPED);
            await(server, gauge("goose.workers"), Map.of("broker", "main"), 1);
            await(server, gauge("goose.queue.waiting"), photos, 0);
            await(server, gauge("goose.broker.up"), Map.of("broker", "main"), 1);

            Map<String, String> pack =
                    Map.of("queue", "prints", "handler", "io.goose.examples.studio.work.Archive#pack");
            assertThat(samples(server, counter("goose.jobs.succeeded"), pack))
                    .as("jobs that were not ordered yet")
                    .isEmpty();
            studio.orderArchive();
            await(server, counter("goose.jobs.succeeded"), pack, 1);
            await(server, timerCount("goose.job.scheduled.latency"), pack, 1);

            studio.undeploy();
            if (forgets()) {
                assertThat(samples(server, gauge("goose.queue.waiting"), Map.of()))
                        .as("gauges of an application that is gone")
                        .isEmpty();
            }
            assertThat(server.log().since(0)).doesNotContain("GOOSE-4151", "GOOSE-4152", "GOOSE-4153");
        }
    }

    /** Waits until the sum over all that have these tags is this. */
    private void await(AppServer server, String name, Map<String, String> tags, double sum) throws IOException {
        Harness.await(() -> name + tags + " is " + sum + " in " + all(server), () -> {
            List<Sample> found = samples(server, name, tags);
            return !found.isEmpty() && found.stream().mapToDouble(Sample::value).sum() == sum;
        });
    }

    private List<Sample> samples(AppServer server, String name, Map<String, String> tags) throws IOException {
        return shown(server).stream()
                .filter(sample ->
                        sample.name().equals(name) && sample.tags().entrySet().containsAll(tags.entrySet()))
                .toList();
    }

    private String all(AppServer server) {
        try {
            StringBuilder all = new StringBuilder();
            shown(server).stream()
                    .filter(sample -> sample.name().startsWith("goose"))
                    .forEach(sample -> all.append('\n').append(sample));
            return all.append('\n').append(server.log().since(0)).toString();
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
