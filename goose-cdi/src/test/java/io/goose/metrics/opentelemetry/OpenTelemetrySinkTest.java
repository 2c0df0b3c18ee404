package io.goose.metrics.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Metric;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an OpenTelemetry is given. */
class OpenTelemetrySinkTest {

    private static final Map<String, String> TAGS = Map.of("broker", "main", "queue", "default");

    private final InMemoryMetricReader reader = InMemoryMetricReader.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(reader).build())
            .build();

    @AfterEach
    void close() {
        sdk.close();
    }

    private HistogramPointData durations() {
        return reader.collectAllMetrics().stream()
                .filter(metric -> metric.getName().equals("goose.job.duration"))
                .flatMap(metric -> metric.getHistogramData().getPoints().stream())
                .findFirst()
                .orElseThrow();
    }

    /** One whose API has no advice yet, whatever is got from it. */
    private static Object old(Class<?> type, Object of) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("setExplicitBucketBoundariesAdvice")) {
                throw new NoSuchMethodError(method.getName());
            }
            try {
                Object result = method.invoke(of, arguments);
                Class<?> returned = method.getReturnType();
                return returned.isInterface() ? old(returned, result) : result;
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        });
    }

    @Test
    void timesAreInSeconds_inBucketsForJobs() {
        OpenTelemetrySink sink = OpenTelemetrySink.of(sdk);
        sink.time(Metric.EXECUTION_TIME, TAGS, Duration.ofMillis(1_500));

        assertThat(durations().getSum()).isEqualTo(1.5);
        assertThat(durations().getBoundaries()).hasSize(17).startsWith(0.001).endsWith(3600.0);
    }

    @Test
    void withAnApiWithoutAdvice_timesAreMeasuredToo() {
        OpenTelemetrySink sink = OpenTelemetrySink.of((OpenTelemetry) old(OpenTelemetry.class, sdk));
        sink.time(Metric.EXECUTION_TIME, TAGS, Duration.ofMillis(1_500));
        sink.time(Metric.EXECUTION_TIME, TAGS, Duration.ofMillis(500));

        assertThat(durations().getSum()).isEqualTo(2.0);
        assertThat(durations().getCount()).isEqualTo(2);
    }
}
