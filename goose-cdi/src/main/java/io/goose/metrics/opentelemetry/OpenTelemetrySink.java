package io.goose.metrics.opentelemetry;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.DoubleGaugeBuilder;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.DoubleHistogramBuilder;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.metrics.ObservableDoubleGauge;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives what Goose measures to an {@link OpenTelemetry}. On a server this is a bean by itself and takes the server's; in Java SE give
 * one to {@code GooseBuilder.metricsSink}.
 *
 * @since 0.1
 */
public class OpenTelemetrySink implements MetricsSink {

    private static final System.Logger LOG = System.getLogger(OpenTelemetrySink.class.getPackageName());
    private static final String NAME = "io.goose";
    private static final double NANOS = 1e9;

    /** In seconds, for jobs of milliseconds and those of hours; what is the default is meant for milliseconds. */
    private static final List<Double> BOUNDARIES = List.of(
            0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 3600.0);

    private final @Nullable Meter meter; // null where there is nothing to give to
    private final Map<Metric, LongCounter> counters = new EnumMap<>(Metric.class); // these by the sink's thread alone
    private final Map<Metric, DoubleHistogram> timers = new EnumMap<>(Metric.class);
    private final Map<Metric, Gauge> gauges = new EnumMap<>(Metric.class);

    /** One gauge with its values, which the threads of exporters read. */
    private record Gauge(Map<Attributes, Double> values, ObservableDoubleGauge instrument) {}

    /** For the container's proxy. */
    protected OpenTelemetrySink() {
        this.meter = null;
    }

    /** With what the server injects, if it injects one. */
    @Inject
    protected OpenTelemetrySink(Instance<OpenTelemetry> telemetry) {
        this(telemetry.isResolvable() ? telemetry.get() : null);
    }

    private OpenTelemetrySink(@Nullable OpenTelemetry telemetry) {
        this.meter = telemetry == null || telemetry.getMeterProvider() == MeterProvider.noop()
                ? null
                : telemetry.getMeter(NAME);
    }

    /** With an OpenTelemetry of the program's own. */
    public static OpenTelemetrySink of(OpenTelemetry telemetry) {
        return new OpenTelemetrySink(telemetry);
    }

    @Override
    public boolean isUsable() {
        return meter != null;
    }

    @Override
    public void count(Metric metric, Map<String, String> tags, long more) {
        Meter to = meter;
        if (to != null) {
            counters.computeIfAbsent(
                            metric, made -> to.counterBuilder(made.label()).build())
                    .add(more, attributes(tags));
        }
    }

    @Override
    public void time(Metric metric, Map<String, String> tags, Duration took) {
        Meter to = meter;
        if (to != null) {
            timers.computeIfAbsent(metric, made -> histogram(to, made))
                    .record(took.toNanos() / NANOS, attributes(tags));
        }
    }

    private static DoubleHistogram histogram(Meter to, Metric metric) {
        DoubleHistogramBuilder builder = to.histogramBuilder(metric.label()).setUnit("s");
        try {
            builder = builder.setExplicitBucketBoundariesAdvice(BOUNDARIES);
        } catch (LinkageError old) { // an API before 1.32 has no advice: a view has to give the boundaries
            LOG.log(DEBUG, "no advice for the histogram of {0}: {1}", metric.label(), old.getMessage());
        }
        return builder.build();
    }

    @Override
    public void gauge(Metric metric, Map<String, String> tags, double value) {
        Meter to = meter;
        if (to == null) {
            return;
        }
        Map<Attributes, Double> values =
                gauges.computeIfAbsent(metric, made -> hold(to, made)).values();
        if (Double.isNaN(value)) {
            values.remove(attributes(tags));
        } else {
            values.put(attributes(tags), value);
        }
    }

    private static Gauge hold(Meter to, Metric metric) {
        Map<Attributes, Double> values = new ConcurrentHashMap<>();
        DoubleGaugeBuilder builder = to.gaugeBuilder(metric.label());
        if (metric.isSeconds()) {
            builder.setUnit("s");
        }
        return new Gauge(
                values,
                builder.buildWithCallback(
                        measured -> values.forEach((attributes, value) -> measured.record(value, attributes))));
    }

    private static Attributes attributes(Map<String, String> tags) {
        AttributesBuilder attributes = Attributes.builder();
        tags.forEach(attributes::put);
        return attributes.build();
    }

    /** The SDK may live longer than the application: what it calls of ours must not. */
    @Override
    public void close() {
        gauges.values().forEach(gauge -> gauge.instrument().close());
        gauges.clear();
    }
}
