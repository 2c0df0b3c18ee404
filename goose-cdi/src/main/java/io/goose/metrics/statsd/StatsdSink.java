package io.goose.metrics.statsd;

import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Sends what Goose measures to StatsD by UDP, under the names of the Clojure library. Timers are in milliseconds. Whether anybody
 * listens makes no difference to it.
 *
 * @since 0.1
 */
public final class StatsdSink implements MetricsSink {

    /** The broker that nobody has named. */
    private static final String MAIN = "main";

    private final Options options;
    private final UdpLines lines;
    private final DoubleSupplier random;
    private final String suffix; // of every line that is sampled
    private final String constant; // tags of every line
    private final Map<Key, Around> written =
            new HashMap<>(); // as many as there are metrics and tags, which are bounded

    private record Key(Metric metric, Map<String, String> tags) {}

    private final Map<Metric, Written> last = new EnumMap<>(Metric.class);

    /** What was written last of a metric: most often its tags are the same map again, which is cheaper to see than what is in it. */
    private record Written(Map<String, String> tags, Around around) {}

    /** What stands before and behind a value. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Around(byte[] before, byte[] behind) {}

    /** How tags are written. */
    public enum Format {
        /** Behind each line, as Datadog's and most others' agents read them. */
        DOGSTATSD,
        /**
         * Not at all, for servers that know none: counters and timers are summed up over them, and gauges have their values behind
         * their names, but for a broker that is called {@code main}.
         */
        PLAIN
    }

    /**
     * Where and how to send.
     *
     * @param host looked up again each minute
     * @param port 1 to 65535
     * @param prefix before each name
     * @param format how tags are written
     * @param sampleRate how much of counters and timers is sent, above 0 and at most 1; the server is told, and works it out
     * @param tags added to each line, where tags are written
     */
    public record Options(
            String host, int port, String prefix, Format format, double sampleRate, Map<String, String> tags) {

        /** The port of the Clojure library and of most agents. */
        public static final int PORT = 8125;

        /** The agent of this host, all that is measured, under {@code goose.} and with tags. */
        public static final Options DEFAULT = new Options("localhost", PORT, "goose.", Format.DOGSTATSD, 1.0, Map.of());

        public Options {
            Objects.requireNonNull(host, "host");
            Objects.requireNonNull(prefix, "prefix");
            Objects.requireNonNull(format, "format");
            tags = Map.copyOf(tags);
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("port " + port + " is not in 1 to 65535");
            }
            if (!(sampleRate > 0 && sampleRate <= 1)) {
                throw new IllegalArgumentException("sample rate " + sampleRate + " is not above 0 and at most 1");
            }
        }
    }

    StatsdSink(Options options, UdpLines lines, DoubleSupplier random) {
        this.options = options;
        this.lines = lines;
        this.random = random;
        this.suffix = options.sampleRate() < 1
                ? "|@" + BigDecimal.valueOf(options.sampleRate()).toPlainString()
                : "";
        StringBuilder fixed = new StringBuilder();
        append(fixed, options.tags());
        this.constant = fixed.toString();
    }

    /** One that sends as the options say. */
    public static StatsdSink of(Options options) {
        return new StatsdSink(
                options,
                new UdpLines(options.host(), options.port(), InetAddress::getByName, UdpLines::udp, System::nanoTime),
                () -> ThreadLocalRandom.current().nextDouble());
    }

    @Override
    public void count(Metric metric, Map<String, String> tags, long more) {
        if (isSampled()) {
            line(metric, tags, Long.toString(more));
        }
    }

    @Override
    public void time(Metric metric, Map<String, String> tags, Duration took) {
        if (isSampled()) {
            line(metric, tags, millis(took));
        }
    }

    private boolean isSampled() {
        return options.sampleRate() >= 1 || random.getAsDouble() < options.sampleRate();
    }

    @Override
    public void gauge(Metric metric, Map<String, String> tags, double value) {
        if (!Double.isNaN(value)) { // nothing makes a server forget one
            line(metric, tags, BigDecimal.valueOf(value).stripTrailingZeros().toPlainString());
        }
    }

    private void line(Metric metric, Map<String, String> tags, String value) {
        Written latest = last.get(metric);
        if (latest == null || latest.tags() != tags) { // maps that are equal and not the same only cost more
            latest = new Written(tags, written.computeIfAbsent(new Key(metric, tags), this::around));
            last.put(metric, latest);
        }
        lines.add(latest.around().before(), value, latest.around().behind());
    }

    /** What stands around the value in each line of a metric with these tags. */
    private Around around(Key key) {
        Map<String, String> left = new TreeMap<>(key.tags());
        StringBuilder name = new StringBuilder(options.prefix()).append(name(key.metric(), left));
        if (options.format() == Format.PLAIN && key.metric().type() == Metric.Type.GAUGE) {
            left.remove("broker", MAIN);
            left.values().forEach(tag -> name.append('.').append(part(tag)));
        }
        StringBuilder tags = new StringBuilder();
        if (options.format() == Format.DOGSTATSD) {
            tags.append(constant);
            append(tags, left);
            if (!tags.isEmpty()) {
                tags.insert(0, "|#");
            }
        }
        return new Around(bytes(name.append(':').toString()), bytes(type(key.metric()) + tags));
    }

    private String type(Metric metric) {
        return switch (metric.type()) {
            case COUNTER -> "|c" + suffix;
            case TIMER -> "|ms" + suffix;
            case GAUGE -> "|g";
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Takes those tags out that are in the name. */
    private static String name(Metric metric, Map<String, String> tags) {
        String name = metric.statsd();
        int from = name.indexOf('{');
        if (from < 0) {
            return name;
        }
        int to = name.indexOf('}', from);
        String value = tags.remove(name.substring(from + 1, to));
        return name.substring(0, from) + part(Objects.requireNonNullElse(value, "other")) + name.substring(to + 1);
    }

    private static void append(StringBuilder to, Map<String, String> tags) {
        new TreeMap<>(tags).forEach((name, value) -> {
            if (!to.isEmpty()) {
                to.append(',');
            }
            to.append(clean(name, false)).append(':').append(clean(value, false));
        });
    }

    /** A value as one part of a name: dots would make several of it. */
    private static String part(String value) {
        return clean(value, true);
    }

    private static String clean(String text, boolean isPart) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean means =
                    c <= ' ' || c == ':' || c == '|' || c == '@' || c == '#' || c == ',' || (isPart && c == '.');
            clean.append(means ? '_' : c);
        }
        return clean.toString();
    }

    /** With as many decimals as it has, three at most. */
    private static String millis(Duration took) {
        long micros = took.toNanos() / 1_000;
        String whole = Long.toString(micros / 1_000);
        int rest = (int) (micros % 1_000);
        if (rest == 0) {
            return whole;
        }
        int end = rest % 100 == 0 ? 1 : rest % 10 == 0 ? 2 : 3;
        return whole + '.' + Integer.toString(rest + 1_000).substring(1, 1 + end);
    }

    @Override
    public void flush() {
        lines.send();
    }

    @Override
    public void close() {
        lines.send();
        lines.close();
    }
}
