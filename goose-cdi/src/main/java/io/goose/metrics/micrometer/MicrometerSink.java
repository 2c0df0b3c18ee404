package io.goose.metrics.micrometer;

import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Gives what Goose measures to a {@link MeterRegistry}. On a server this is a bean by itself and takes the server's; in Java SE give
 * one to {@code GooseBuilder.metricsSink}. How timers are shown, by percentiles or histograms, is for the registry's filters to say.
 *
 * <p>Meters are asked for by their names, not made by builders: what a builder makes never gets out of the registry that WildFly 39
 * injects.
 *
 * @since 0.1
 */
public class MicrometerSink implements MetricsSink {

    private final @Nullable MeterRegistry registry; // null where the server has none
    private final Map<Key, Counter> counters = new HashMap<>(); // these by the sink's thread alone
    private final Map<Key, Timer> timers = new HashMap<>();
    private final Map<Key, Held> gauges = new HashMap<>(); // the registry holds their values weakly

    private record Key(Metric metric, Map<String, String> tags) {}

    /** One gauge; the meter is null where the registry keeps none, or hides it. */
    private record Held(
            AtomicReference<Double> value, @Nullable Meter meter) {

        void remove(MeterRegistry from) {
            if (meter != null) {
                from.remove(meter);
            }
        }
    }

    /** For the container's proxy. */
    protected MicrometerSink() {
        this.registry = null;
    }

    /** With what the server injects, if it injects one. */
    @Inject
    protected MicrometerSink(Instance<MeterRegistry> registry) {
        this(registry.isResolvable() ? registry.get() : null);
    }

    private MicrometerSink(@Nullable MeterRegistry registry) {
        this.registry = registry;
    }

    /** With a registry of the program's own. */
    public static MicrometerSink of(MeterRegistry registry) {
        return new MicrometerSink(registry);
    }

    @Override
    public boolean isUsable() {
        return registry != null;
    }

    @Override
    public void count(Metric metric, Map<String, String> tags, long more) {
        MeterRegistry to = registry;
        if (to != null) {
            counters.computeIfAbsent(new Key(metric, tags), key -> to.counter(name(metric), tags(tags)))
                    .increment((double) more);
        }
    }

    @Override
    public void time(Metric metric, Map<String, String> tags, Duration took) {
        MeterRegistry to = registry;
        if (to != null) {
            timers.computeIfAbsent(new Key(metric, tags), key -> to.timer(name(metric), tags(tags)))
                    .record(took);
        }
    }

    @Override
    public void gauge(Metric metric, Map<String, String> tags, double value) {
        MeterRegistry to = registry;
        if (to == null) {
            return;
        }
        Key key = new Key(metric, tags);
        if (Double.isNaN(value)) {
            Held gone = gauges.remove(key);
            if (gone != null) {
                gone.remove(to);
            }
        } else {
            gauges.computeIfAbsent(key, absent -> hold(to, absent)).value().set(value);
        }
    }

    private static Held hold(MeterRegistry to, Key key) {
        AtomicReference<Double> value = new AtomicReference<>(0.0);
        to.gauge(name(key.metric()), tags(key.tags()), value, AtomicReference::get);
        return new Held(value, find(to, key));
    }

    /** What has these tags and others too is found as well; a registry may have put tags of its own to all of them. */
    private static @Nullable Meter find(MeterRegistry in, Key key) {
        return in.find(name(key.metric())).tags(tags(key.tags())).gauges().stream()
                .min(Comparator.comparingInt(gauge -> gauge.getId().getTags().size()))
                .orElse(null);
    }

    /** With the unit where a registry would not add it. */
    private static String name(Metric metric) {
        boolean lacksUnit = metric.type() == Metric.Type.GAUGE && metric.isSeconds();
        return lacksUnit ? metric.label() + ".seconds" : metric.label();
    }

    /** Not as Tags: what takes those is newer than some servers' Micrometer. */
    private static List<Tag> tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> Tag.of(tag.getKey(), tag.getValue()))
                .toList();
    }

    /** The registry may live longer than the application: what it keeps of ours must not. */
    @Override
    public void close() {
        MeterRegistry from = registry;
        if (from != null) {
            gauges.values().forEach(gauge -> gauge.remove(from));
        }
        gauges.clear();
    }
}
