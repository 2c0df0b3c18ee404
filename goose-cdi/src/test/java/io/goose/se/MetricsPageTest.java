package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.GooseConfigurationException;
import io.goose.Job;
import io.goose.engine.Eventually;
import io.goose.engine.StatsdListener;
import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page about metrics names what there is, and its examples work: when they change, so does {@code docs/metrics.md}. */
@Timeout(60)
class MetricsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(goose\\.[a-z.]+)` \\| `([^`]+)` \\| (counter|timer|gauge) \\|");

    // Beans are public and scoped; this one is neither, for the test.
    static class LoggingSink implements MetricsSink {

        private static final System.Logger LOG = System.getLogger("acme.metrics");
        private final Map<String, Long> counts = new TreeMap<>();
        private final Map<String, Double> gauges = new TreeMap<>();

        @Override
        public void count(Metric metric, Map<String, String> tags, long more) {
            counts.merge(metric.label() + new TreeMap<>(tags), more, Long::sum);
        }

        @Override
        public void time(Metric metric, Map<String, String> tags, Duration took) {
            counts.merge(metric.label() + ".millis" + new TreeMap<>(tags), took.toMillis(), Long::sum);
        }

        @Override
        public void gauge(Metric metric, Map<String, String> tags, double value) {
            gauges.put(metric.label() + new TreeMap<>(tags), value);
        }

        @Override
        public void close() {
            LOG.log(Level.INFO, "counted {0}, at last {1}", counts, gauges);
        }
    }

    static class Mailer {
        private final CountDownLatch sent = new CountDownLatch(1);

        @Job
        public void send(String to) {
            sent.countDown();
        }
    }

    private final Mailer mailer = new Mailer();

    private GooseBuilder builder() {
        return Goose.builder().config("goose.broker.main.kind", "memory").register(mailer);
    }

    @Test
    void theTable_namesEveryMetric_andNoOther() throws IOException {
        List<String> named = ROW.matcher(Files.readString(PAGE))
                .results()
                .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
                .toList();
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(Stream.of(Metric.values())
                        .map(metric -> metric.label() + " " + metric.statsd() + " "
                                + metric.type().name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Test
    void theSinkOfThePage_isAsItStandsThere_andCounts() throws IOException {
        String page = Files.readString(PAGE);
        String example = page.substring(page.indexOf("public class LoggingSink"));
        String source = Files.readString(Path.of("src", "test", "java", "io", "goose", "se", "MetricsPageTest.java"));
        String body =
                example.substring(example.indexOf('{'), example.indexOf("```")).strip();
        assertThat(source.replaceAll("\\s+", " ")).contains(body.replaceAll("\\s+", " "));

        LoggingSink sink = new LoggingSink();
        CountDownLatch beaten = new CountDownLatch(1);
        try (Goose goose = builder()
                .metricsSink(sink)
                .metricsSink(new LoggingSink() {
                    @Override
                    public void gauge(Metric metric, Map<String, String> tags, double value) {
                        if (metric == Metric.BROKER_UP) {
                            beaten.countDown();
                        }
                    }
                })
                .build()
                .start()) {
            goose.client().performAsync(Mailer::send, "ann@acme.example");
            Eventually.await(mailer.sent); // then the stop waits for its end
            Eventually.await(beaten);
        }
        String tags = "{broker=main, handler=" + Mailer.class.getName() + "#send, queue=default}";
        assertThat(sink.counts).containsEntry("goose.jobs.succeeded" + tags, 1L);
        assertThat(sink.gauges).containsEntry("goose.broker.up{broker=main}", 1.0);
        assertThat(sink.counts.toString()).doesNotContain("ann@acme.example");
    }

    @Test
    void statsd_isUsedWhereItIsNamed() {
        try (StatsdListener statsd = StatsdListener.open();
                Goose goose = builder()
                        .config("goose.metrics.sinks", "auto,statsd")
                        .config("goose.metrics.statsd.address", "127.0.0.1:" + statsd.port())
                        .config("goose.metrics.statsd.tags", "env:prod")
                        .config("goose.metrics.interval", "PT1S")
                        .build()
                        .start()) {
            goose.client().performAsync(Mailer::send, "ann");
            String tags = "env:prod,broker:main,handler:" + Mailer.class.getName() + "_send,queue:default";
            Eventually.until("it is told", () -> statsd.counted("goose.jobs.succeeded", tags) == 1);
            Eventually.until(
                    "sizes too", () -> statsd.gauge("goose.enqueued_jobs.default.count", "env:prod,broker:main") == 0);
        }
    }

    @Test
    void aSinkOfAServer_isRefusedInJavaSe() {
        assertThatThrownBy(() -> builder()
                        .config("goose.metrics.sinks", "micrometer,opentelemetry")
                        .build())
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContaining("GOOSE-2336: goose.metrics.sinks has micrometer,")
                .hasMessageContaining("GOOSE-2336: goose.metrics.sinks has opentelemetry,");
    }
}
