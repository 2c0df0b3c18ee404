package io.goose.metrics.microprofile;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Metric;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
import org.junit.jupiter.api.Test;

/** What a registry of MicroProfile Metrics is asked for; that servers show it is for their own tests to see. */
class MicroProfileSinkTest {

    private static final Map<String, String> QUEUE = Map.of("broker", "main", "queue", "default");

    private final List<String> calls = new ArrayList<>();
    private final Map<MetricID, Supplier<?>> gauges = new TreeMap<>();
    private final MicroProfileSink sink = MicroProfileSink.of(registry());

    private MetricRegistry registry() {
        return as(MetricRegistry.class, "registry");
    }

    /** Notes what is called, and answers with what does the same. */
    private <T> T as(Class<T> type, String of) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    Object[] arguments = given == null ? new Object[0] : given;
                    switch (method.getName()) {
                        case "counter" -> {
                            return as(Counter.class, named(arguments));
                        }
                        case "timer" -> {
                            return as(Timer.class, named(arguments));
                        }
                        case "gauge" -> {
                            gauges.put(
                                    new MetricID(((Metadata) arguments[0]).getName(), (Tag[]) arguments[2]),
                                    (Supplier<?>) arguments[1]);
                            calls.add("gauge " + named(arguments));
                            return null;
                        }
                        case "remove" -> {
                            return gauges.remove((MetricID) arguments[0]) != null;
                        }
                        case "inc", "update" -> {
                            calls.add(of + " " + arguments[0]);
                            return null;
                        }
                        default -> throw new UnsupportedOperationException(method.toString());
                    }
                }));
    }

    private static String named(Object[] arguments) {
        Metadata metadata = (Metadata) arguments[0];
        Map<String, String> tags = new TreeMap<>();
        Arrays.stream((Tag[]) arguments[arguments.length - 1])
                .forEach(tag -> tags.put(tag.getTagName(), tag.getTagValue()));
        return metadata.getName() + " " + metadata.getUnit() + " " + tags;
    }

    @Test
    void names_units_tags_andValues() {
        sink.count(Metric.PARKED, QUEUE, 2);
        sink.time(Metric.SETTLE_TIME, Map.of("broker", "main"), Duration.ofMillis(30));
        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, 1.5);
        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, 2.5);

        assertThat(calls)
                .containsExactly(
                        "goose.jobs.parked none {broker=main, queue=default} 2",
                        "goose.settle.duration seconds {broker=main} PT0.03S",
                        "gauge goose.queue.oldest seconds {broker=main, queue=default}");
        assertThat(gauges.values()).extracting(Supplier::get).isEqualTo(List.of(2.5));
    }

    @Test
    void aGaugeOfWhichNothingIsKnown_isRemoved_andAllAreAtTheEnd() {
        sink.gauge(Metric.QUEUE_WAITING, QUEUE, 1);
        sink.gauge(Metric.WAITING, Map.of("broker", "main"), 1);
        sink.gauge(Metric.QUEUE_WAITING, QUEUE, Double.NaN);
        sink.gauge(Metric.QUEUE_WAITING, QUEUE, Double.NaN);
        assertThat(gauges.keySet()).extracting(MetricID::getName).containsExactly("goose.jobs.waiting");
        sink.close();
        assertThat(gauges).isEmpty();
    }
}
