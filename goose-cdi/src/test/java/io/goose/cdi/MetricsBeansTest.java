package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.WithoutLibrary;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.StatsdListener;
import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.DeploymentException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which sinks an application on a server has. */
@Timeout(60)
class MetricsBeansTest {

    private static InMemoryMetricReader reader = InMemoryMetricReader.create();

    @ApplicationScoped
    static class Telemetry {
        @Produces
        @ApplicationScoped
        OpenTelemetry sdk() {
            return OpenTelemetrySdk.builder()
                    .setMeterProvider(SdkMeterProvider.builder()
                            .registerMetricReader(reader)
                            .build())
                    .build();
        }
    }

    @ApplicationScoped
    static class Own implements MetricsSink {
        // Here, for the class around it cannot be used where OpenTelemetry is missing.
        private static final AtomicLong SUCCEEDED = new AtomicLong();

        @Override
        public void count(Metric metric, Map<String, String> tags, long more) {
            if (metric == Metric.SUCCEEDED) {
                Own.SUCCEEDED.addAndGet(more);
            }
        }

        @Override
        public void time(Metric metric, Map<String, String> tags, Duration took) {}
    }

    @ApplicationScoped
    static class Mailer {
        @Job
        void send() {}
    }

    @BeforeEach
    void begin() {
        reader = InMemoryMetricReader.create();
        Own.SUCCEEDED.set(0);
    }

    private static List<MetricData> named(String name) {
        return reader.collectAllMetrics().stream()
                .filter(metric -> metric.getName().equals(name))
                .toList();
    }

    private static long sum(String name) {
        return named(name).stream()
                .flatMap(metric -> metric.getLongSumData().getPoints().stream())
                .mapToLong(point -> point.getValue())
                .sum();
    }

    @Test
    void theServersOpenTelemetry_getsWhatIsMeasured_besideSinksOfTheApplication() {
        try (LogCapture log = LogCapture.open()) {
            try (TestApplication app = TestApplication.with(Mailer.class, Telemetry.class, Own.class)
                    .config("goose.metrics.interval", "PT1S")
                    .start()) {
                app.get(GooseClient.class).performAsync(Mailer::send);
                Eventually.until("it is counted", () -> sum("goose.jobs.succeeded") == 1);
                MetricData duration = named("goose.job.duration").get(0);
                assertThat(duration.getUnit()).isEqualTo("s");
                assertThat(duration.getHistogramData().getPoints())
                        .singleElement()
                        .satisfies(point -> {
                            assertThat(point.getCount()).isEqualTo(1);
                            assertThat(point.getBoundaries()).startsWith(0.001).endsWith(3600.0);
                            assertThat(point.getAttributes().get(AttributeKey.stringKey("queue")))
                                    .isEqualTo("default");
                        });
                Eventually.until(
                        "sizes are there", () -> !named("goose.queue.waiting").isEmpty());
                assertThat(named("goose.workers").get(0).getDoubleGaugeData().getPoints())
                        .singleElement()
                        .satisfies(point -> assertThat(point.getValue()).isEqualTo(1));
                Eventually.until("the other sink was told", () -> Own.SUCCEEDED.get() == 1);
            }
            assertThat(log.messages()).contains("INFO GOOSE-4156: metrics go to opentelemetry");
            assertThat(named("goose.workers"))
                    .as("after the stop nobody asks us")
                    .isEmpty();
        }
    }

    @Test
    void none_leavesOutThatOfTheServer_butNotTheApplications() {
        try (TestApplication app = TestApplication.with(Mailer.class, Telemetry.class, Own.class)
                .config("goose.metrics.sinks", "none")
                .start()) {
            app.get(GooseClient.class).performAsync(Mailer::send);
            Eventually.until("it is counted", () -> Own.SUCCEEDED.get() == 1);
        }
        assertThat(named("goose.jobs.succeeded")).isEmpty();
    }

    @Test
    void aNamedSink_thatTheServerHasNotGot_isAWarning_andTheOthersWork() {
        try (LogCapture log = LogCapture.open();
                StatsdListener statsd = StatsdListener.open()) {
            try (TestApplication app = TestApplication.with(Mailer.class)
                    .config("goose.metrics.sinks", "opentelemetry,statsd")
                    .config("goose.metrics.statsd.address", "127.0.0.1:" + statsd.port())
                    .start()) {
                app.get(GooseClient.class).performAsync(Mailer::send);
                String tags = "broker:main,handler:" + Mailer.class.getName() + "_send,queue:default";
                Eventually.until("it is counted", () -> statsd.counted("goose.jobs.succeeded", tags) == 1);
            }
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("GOOSE-4155"))
                    .singleElement()
                    .asString()
                    .contains("names opentelemetry");
            assertThat(log.messages()).contains("INFO GOOSE-4156: metrics go to statsd");
        }
    }

    @Test
    void mistakes_areReportedTogether() {
        assertThatThrownBy(() -> TestApplication.with(Mailer.class)
                        .config("goose.metrics.sinks", "none,statsd,prometheus")
                        .config("goose.metrics.statsd.address", "host:many")
                        .config("goose.metrics.statsd.prefix", "a:b")
                        .config("goose.metrics.statsd.sample-rate", "2")
                        .config("goose.metrics.statsd.tags", "env")
                        .config("goose.metrics.interval", "PT0S")
                        .start())
                .isInstanceOf(DeploymentException.class)
                .hasMessageContainingAll(
                        "GOOSE-2330: goose.metrics.sinks=none,statsd,prometheus has 'prometheus', which is no sink",
                        "GOOSE-2331: goose.metrics.sinks=none,statsd,prometheus names none and others",
                        "GOOSE-2332: goose.metrics.statsd.address=host:many is no address",
                        "GOOSE-2333: goose.metrics.statsd.prefix=a:b cannot stand before a name",
                        "GOOSE-2334: goose.metrics.statsd.sample-rate=2 is out of range",
                        "GOOSE-2335: goose.metrics.statsd.tags=env has 'env', which is no tag",
                        "GOOSE-2006: goose.metrics.interval=PT0S is out of range");
    }

    /** In a loader without the API. */
    static final class Deploying implements Callable<Long> {
        @Override
        public Long call() {
            try (TestApplication app =
                    TestApplication.with(Mailer.class, Own.class).start()) {
                app.get(GooseClient.class).performAsync(Mailer::send);
                Eventually.until("it is counted", () -> Own.SUCCEEDED.get() == 1);
                return Own.SUCCEEDED.get();
            }
        }
    }

    @Test
    void withoutAnyApi_theApplicationRuns() throws Exception {
        try (WithoutLibrary telemetry = WithoutLibrary.named("io.opentelemetry.", "io.goose.")) {
            assertThat(telemetry.make(Deploying.class, Callable.class).call()).isEqualTo(1L);
        }
    }
}
