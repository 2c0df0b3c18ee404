package io.goose.metrics.statsd;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.engine.LogCapture;
import io.goose.metrics.statsd.StatsdSink.Format;
import io.goose.metrics.statsd.StatsdSink.Options;
import io.goose.spi.Metric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is sent to StatsD, line by line, and what becomes of it if it cannot be sent. */
class StatsdSinkTest {

    private static final Map<String, String> TAGS = Map.of("broker", "main", "queue", "default", "handler", "a.B#c");
    private static final Map<String, String> QUEUE = Map.of("broker", "main", "queue", "de.fault");

    private final AtomicLong nanos = new AtomicLong();
    private final Wire wire = new Wire();

    /** A socket that keeps what is sent. */
    private static final class Wire implements UdpLines.Socket {
        private final List<String> datagrams = new ArrayList<>();
        private final List<InetSocketAddress> targets = new ArrayList<>();
        private boolean full;
        private boolean broken;
        private int closed;

        @Override
        public int send(ByteBuffer bytes, InetSocketAddress to) throws IOException {
            if (broken) {
                throw new IOException("network is down");
            }
            if (full) {
                return 0;
            }
            byte[] sent = new byte[bytes.remaining()];
            bytes.get(sent);
            datagrams.add(new String(sent, StandardCharsets.UTF_8));
            targets.add(to);
            return sent.length;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private static InetAddress local(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private UdpLines lines(UdpLines.Resolver resolver) {
        return new UdpLines("statsd", 8125, resolver, () -> wire, nanos::get);
    }

    private StatsdSink sink(Format format, double rate, double drawn, Map<String, String> constant) {
        Options options = new Options("statsd", 8125, "goose.", format, rate, constant);
        return new StatsdSink(options, lines(host -> local(1)), () -> drawn);
    }

    private List<String> sent() {
        return wire.datagrams.stream()
                .flatMap(each -> List.of(each.split("\n", -1)).stream())
                .toList();
    }

    @Test
    void countersTimersAndGauges_haveTheirTypes_theirTags_andTheirUnits() {
        StatsdSink sink = sink(Format.DOGSTATSD, 1, 0, Map.of("env", "prod"));
        sink.count(Metric.SUCCEEDED, TAGS, 3);
        sink.time(Metric.EXECUTION_TIME, TAGS, Duration.ofNanos(1_234_567));
        sink.time(Metric.LATENCY, TAGS, Duration.ofMinutes(2));
        sink.gauge(Metric.BROKER_UP, Map.of("broker", "main"), 1);
        sink.gauge(Metric.QUEUE_WAITING, QUEUE, 1_000_000_000);
        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, 0.25);
        sink.gauge(Metric.QUEUE_OLDEST, QUEUE, Double.NaN);
        sink.count(Metric.DROPPED, Map.of(), 7);
        assertThat(wire.datagrams).as("before the flush").isEmpty();
        sink.flush();

        String tags = "|#env:prod,broker:main,handler:a.B_c,queue:default";
        assertThat(wire.datagrams).hasSize(1);
        assertThat(sent())
                .containsExactly(
                        "goose.jobs.succeeded:3|c" + tags,
                        "goose.job.execution_time:1.234|ms" + tags,
                        "goose.execution.latency:120000|ms" + tags,
                        "goose.broker.up:1|g|#env:prod,broker:main",
                        "goose.enqueued_jobs.de_fault.count:1000000000|g|#env:prod,broker:main",
                        "goose.enqueued_jobs.de_fault.oldest:0.25|g|#env:prod,broker:main",
                        "goose.metrics.dropped:7|c|#env:prod");
        assertThat(wire.targets).containsExactly(new InetSocketAddress(local(1), 8125));
        sink.close();
        assertThat(wire.closed).isEqualTo(1);
    }

    @Test
    void plainLines_haveNoTags_andGaugesKeepApartWhatTheyWouldMix() {
        StatsdSink sink = sink(Format.PLAIN, 1, 0, Map.of());
        sink.count(Metric.SUCCEEDED, TAGS, 3);
        sink.gauge(Metric.QUEUE_WAITING, QUEUE, 2);
        sink.gauge(Metric.DEAD, Map.of("broker", "main"), 4);
        sink.gauge(Metric.DEAD, Map.of("broker", "reports"), 5);
        sink.flush();

        assertThat(sent())
                .containsExactly(
                        "goose.jobs.succeeded:3|c",
                        "goose.enqueued_jobs.de_fault.count:2|g",
                        "goose.dead_jobs.count:4|g",
                        "goose.dead_jobs.count.reports:5|g");
    }

    @Test
    void sampling_leavesOutCountersAndTimers_andTellsTheRate() {
        StatsdSink lucky = sink(Format.PLAIN, 0.25, 0.2, Map.of());
        StatsdSink unlucky = sink(Format.PLAIN, 0.25, 0.25, Map.of());
        for (StatsdSink sink : List.of(lucky, unlucky)) {
            sink.count(Metric.SUCCEEDED, TAGS, 1);
            sink.time(Metric.LATENCY, TAGS, Duration.ofMillis(5));
            sink.gauge(Metric.DEAD, Map.of("broker", "main"), 4);
            sink.flush();
        }
        assertThat(sent())
                .containsExactly(
                        "goose.jobs.succeeded:1|c|@0.25",
                        "goose.execution.latency:5|ms|@0.25",
                        "goose.dead_jobs.count:4|g",
                        "goose.dead_jobs.count:4|g");
    }

    @Test
    void aDatagram_isNotLongerThanAFrame() {
        StatsdSink sink = sink(Format.DOGSTATSD, 1, 0, Map.of());
        for (int i = 0; i < 100; i++) {
            sink.count(Metric.SUCCEEDED, TAGS, i);
        }
        sink.flush();
        assertThat(wire.datagrams).hasSizeGreaterThan(1).allMatch(each -> each.length() <= UdpLines.MOST_BYTES);
        assertThat(sent()).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void theHost_isLookedUpAgain_andItsLastAddressHoldsMeanwhile() {
        Deque<InetAddress> answers = new ArrayDeque<>(List.of(local(1), local(2)));
        UdpLines lines = lines(host -> {
            InetAddress next = answers.poll();
            if (next == null) {
                throw new UnknownHostException(host);
            }
            return next;
        });
        for (int i = 0; i < 4; i++) {
            add(lines, "x");
            lines.send();
            add(lines, "x");
            lines.send();
            nanos.addAndGet(UdpLines.RESOLVED_NANOS);
        }
        assertThat(wire.targets)
                .extracting(target -> (int) target.getAddress().getAddress()[3])
                .containsExactly(1, 1, 2, 2, 2, 2, 2, 2);
        assertThat(lines.lost()).isZero();
    }

    @Test
    void whatCannotBeSent_isCounted_saidSeldom_andTriedNoMore() {
        Deque<InetAddress> answers = new ArrayDeque<>();
        try (LogCapture log = LogCapture.open()) {
            UdpLines lines = lines(host -> {
                InetAddress next = answers.poll();
                if (next == null) {
                    throw new UnknownHostException(host);
                }
                return next;
            });
            add(lines, "x");
            add(lines, "y");
            lines.send();
            assertThat(lines.lost()).isEqualTo(2);
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("GOOSE-4154"))
                    .singleElement()
                    .asString()
                    .contains("2 measurements", "statsd:8125", "the host is not known");

            answers.add(local(1));
            nanos.addAndGet(UdpLines.UNRESOLVED_NANOS);
            wire.full = true;
            add(lines, "x");
            lines.send();
            assertThat(lines.lost()).as("no room").isEqualTo(3);

            wire.full = false;
            wire.broken = true;
            add(lines, "x");
            lines.send();
            assertThat(lines.lost()).as("a failure").isEqualTo(4);
            assertThat(wire.closed).isEqualTo(1);

            wire.broken = false;
            add(lines, "x");
            add(lines, "z".repeat(UdpLines.MOST_BYTES));
            lines.send();
            assertThat(lines.lost()).as("too long").isEqualTo(5);
            assertThat(wire.datagrams).containsExactly("x:1|c");
            assertThat(log.count("GOOSE-4154")).isEqualTo(1);
        }
    }

    private static void add(UdpLines lines, String name) {
        lines.add((name + ":").getBytes(US_ASCII), "1", "|c".getBytes(US_ASCII));
    }

    @Test
    void optionsThatCannotBe_areRefused() {
        assertThatThrownBy(() -> new Options("h", 0, "", Format.PLAIN, 1, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port 0");
        assertThatThrownBy(() -> new Options("h", 1, "", Format.PLAIN, 0, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sample rate 0");
    }
}
