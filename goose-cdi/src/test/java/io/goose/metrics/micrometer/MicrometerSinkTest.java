package io.goose.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Metric;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What a registry of Micrometer is given. */
class MicrometerSinkTest {

    private static final Map<String, String> TAGS = Map.of("broker", "main", "queue", "default", "handler", "a.B#c");
    private static final Map<String, String> QUEUE = Map.of("broker", "main", "queue", "default");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerSink sink = MicrometerSink.of(registry);

    @Test
    void countersAndTimers_haveConventionalNames_andTheirTags() {
        sink.count(Metric.SUCCEEDED, TAGS, 2);
        sink.count(Metric.SUCCEEDED, TAGS, 3);
        sink.time(Metric.EXECUTION_TIME, TAGS, Duration.ofMillis(30));
        sink.time(Metric.EXECUTION_TIME, TAGS, Duration.ofMillis(70));

        assertThat(registry.get("goose.jobs.succeeded")
                        .tags("broker", "main", "queue", "default", "handler", "a.B#c")
                        .counter()
                        .count())
                .isEqualTo(5);
        assertThat(registry.get("goose.job.duration").timer().count()).isEqualTo(2);
        assertThat(registry.get("goose.job.duration").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(100);
        assertThat(sink.isUsable()).isTrue();
    }

    @Test
    void aGauge_hasItsLastValue_untilNothingIsKnownOfIt() {
        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, 1.5);
        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, 2.5);
        sink.gauge(Metric.QUEUE_WAITING, QUEUE, 7);
        assertThat(registry.get("goose.queue.oldest.seconds").gauge().value()).isEqualTo(2.5);
        assertThat(registry.get("goose.queue.waiting").gauge().value()).isEqualTo(7);

        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, Double.NaN);
        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, Double.NaN);
        assertThat(registry.find("goose.queue.oldest.seconds").gauge()).isNull();
        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, 3);
        assertThat(registry.get("goose.queue.oldest.seconds").gauge().value()).isEqualTo(3);
    }

    @Test
    void afterTheEnd_theRegistryHoldsNothingOfOurs_butWhatWasCounted() {
        sink.count(Metric.SUCCEEDED, TAGS, 2);
        sink.gauge(Metric.QUEUE_WAITING, QUEUE, 7);
        sink.close();
        assertThat(registry.getMeters())
                .extracting(Meter::getId)
                .extracting(Meter.Id::getName)
                .containsExactly("goose.jobs.succeeded");
    }

    @Test
    void ofTwoGaugesOfOneName_theOneThatIsMeantIsTakenBack() {
        Map<String, String> broker = Map.of("broker", "main");
        registry.config().commonTags("application", "shop");
        sink.gauge(Metric.QUEUE_WAITING, QUEUE, 7);
        sink.gauge(Metric.QUEUE_WAITING, broker, 8);

        sink.gauge(Metric.QUEUE_WAITING, broker, Double.NaN);
        assertThat(registry.getMeters())
                .singleElement()
                .satisfies(meter -> assertThat(meter.getId().getTag("queue")).isEqualTo("default"));
        sink.gauge(Metric.QUEUE_WAITING, broker, 8);
        registry.find("goose.queue.waiting").gauges().stream()
                .filter(gauge -> gauge.getId().getTag("queue") == null)
                .forEach(registry::remove); // by somebody else
        sink.gauge(Metric.QUEUE_WAITING, broker, Double.NaN);
        assertThat(registry.get("goose.queue.waiting").gauge().value()).isEqualTo(7);
    }

    /** As WildFly's: only what is asked for by name and tags is passed on to what the server shows; the rest stays inside. */
    private static final class PassesOn extends SimpleMeterRegistry {
        private final MeterRegistry shown;

        private PassesOn(MeterRegistry shown) {
            this.shown = shown;
        }

        @Override
        public Counter counter(String name, Iterable<Tag> tags) {
            return shown.counter(name, tags);
        }

        @Override
        public Timer timer(String name, Iterable<Tag> tags) {
            return shown.timer(name, tags);
        }

        @Override
        public <T> T gauge(String name, Iterable<Tag> tags, T of, ToDoubleFunction<T> value) {
            return shown.gauge(name, tags, of, value);
        }

        @Override
        public Search find(String name) {
            return shown.find(name);
        }

        @Override
        public Meter remove(Meter meter) {
            return shown.remove(meter);
        }
    }

    @Test
    void aRegistryThatPassesOnWhatIsAskedForByName_getsAllOfIt_andLosesGauges() {
        MicrometerSink passed = MicrometerSink.of(new PassesOn(registry));
        passed.count(Metric.SUCCEEDED, TAGS, 2);
        passed.time(Metric.EXECUTION_TIME, TAGS, Duration.ofMillis(30));
        passed.gauge(Metric.QUEUE_WAITING, QUEUE, 7);
        System.gc(); // a gauge's value is held weakly by the registry
        assertThat(registry.get("goose.jobs.succeeded").counter().count()).isEqualTo(2);
        assertThat(registry.get("goose.job.duration").timer().count()).isEqualTo(1);
        assertThat(registry.get("goose.queue.waiting").gauge().value()).isEqualTo(7);
        passed.gauge(Metric.QUEUE_WAITING, QUEUE, Double.NaN);
        assertThat(registry.find("goose.queue.waiting").gauge()).isNull();
    }
}
