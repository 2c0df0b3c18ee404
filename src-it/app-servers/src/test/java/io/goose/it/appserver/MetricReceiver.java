package io.goose.it.appserver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the last value of each metric that servers send. Thread-safe. */
final class MetricReceiver implements AutoCloseable {

    private final Map<Key, Double> last = new ConcurrentHashMap<>();
    private final OtlpReceiver receiver;

    private record Key(String name, Map<String, String> tags) {}

    MetricReceiver() throws IOException {
        receiver = new OtlpReceiver(
                "/v1/metrics",
                Map.of("OTEL_METRIC_EXPORT_INTERVAL", "500", "OTEL_METRICS_EXPORTER", "otlp"),
                this::take);
    }

    /** What tells a server to send its metrics here, often, and nothing else. */
    Map<String, String> environment() {
        return receiver.environment();
    }

    private void take(byte[] request) {
        for (Sample sample : OtlpMetrics.samples(request)) {
            last.put(new Key(sample.name(), sample.tags()), sample.value());
        }
    }

    /** The last value of each. */
    List<Sample> samples() {
        List<Sample> all = new ArrayList<>();
        last.forEach((key, value) -> all.add(new Sample(key.name(), key.tags(), value)));
        return all;
    }

    @Override
    public void close() {
        receiver.close();
    }
}
