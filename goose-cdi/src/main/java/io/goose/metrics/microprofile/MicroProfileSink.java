package io.goose.metrics.microprofile;

import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Gives what Goose measures to the application's {@link MetricRegistry}. On a server with MicroProfile Metrics this is a bean by
 * itself.
 *
 * @since 0.1
 */
public class MicroProfileSink implements MetricsSink {

    private final @Nullable MetricRegistry registry; // null where the server has none
    private final Map<Key, AtomicReference<Double>> gauges = new HashMap<>(); // by the sink's thread alone

    private record Key(Metric metric, Map<String, String> tags) {}

    /** For the container's proxy. */
    protected MicroProfileSink() {
        this.registry = null;
    }

    /** With what the server injects, if it injects one. */
    @Inject
    protected MicroProfileSink(Instance<MetricRegistry> registry) {
        this(registry.isResolvable() ? registry.get() : null);
    }

    private MicroProfileSink(@Nullable MetricRegistry registry) {
        this.registry = registry;
    }

    /** With a registry that the program has got hold of by itself. */
    public static MicroProfileSink of(MetricRegistry registry) {
        return new MicroProfileSink(registry);
    }

    @Override
    public boolean isUsable() {
        return registry != null;
    }

    @Override
    public void count(Metric metric, Map<String, String> tags, long more) {
        if (registry != null) {
            registry.counter(metadata(metric), tags(tags)).inc(more);
        }
    }

    @Override
    public void time(Metric metric, Map<String, String> tags, Duration took) {
        if (registry != null) {
            registry.timer(metadata(metric), tags(tags)).update(took);
        }
    }

    @Override
    public void gauge(Metric metric, Map<String, String> tags, double value) {
        if (registry == null) {
            return;
        }
        Key key = new Key(metric, tags);
        if (Double.isNaN(value)) {
            forget(registry, key);
            return;
        }
        AtomicReference<Double> held = gauges.get(key);
        if (held == null) {
            AtomicReference<Double> made = new AtomicReference<>(value);
            registry.gauge(metadata(metric), made::get, tags(tags));
            gauges.put(key, made);
        } else {
            held.set(value);
        }
    }

    private void forget(MetricRegistry from, Key key) {
        if (gauges.remove(key) != null) {
            from.remove(new MetricID(key.metric().label(), tags(key.tags())));
        }
    }

    private static Metadata metadata(Metric metric) {
        return Metadata.builder()
                .withName(metric.label())
                .withUnit(metric.isSeconds() ? MetricUnits.SECONDS : MetricUnits.NONE)
                .build();
    }

    private static Tag[] tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> new Tag(tag.getKey(), tag.getValue()))
                .toArray(Tag[]::new);
    }

    /** The registry may live longer than the application: what it keeps of ours must not. */
    @Override
    public void close() {
        if (registry != null) {
            new HashSet<>(gauges.keySet()).forEach(key -> forget(registry, key));
        }
    }
}
