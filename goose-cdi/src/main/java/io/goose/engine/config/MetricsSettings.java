package io.goose.engine.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who is given what Goose measures, {@code goose.metrics.*}.
 *
 * @param sinks names of our own sinks, {@link #AUTO} among them; empty for none
 * @param interval how often the sizes of queues are measured
 * @param statsd where StatsD is
 */
public record MetricsSettings(Set<String> sinks, Duration interval, Statsd statsd) {

    /** One of what the server has: the first of {@link #OF_SERVERS} that is there. */
    public static final String AUTO = "auto";

    /** The name of StatsD. */
    public static final String STATSD = "statsd";

    /** Of MicroProfile Metrics. */
    public static final String MICROPROFILE = "microprofile";

    /** Of Micrometer. */
    public static final String MICROMETER = "micrometer";

    /** Of OpenTelemetry. */
    public static final String OPENTELEMETRY = "opentelemetry";

    /** Those whose registries servers bring, first the one that is taken first. */
    public static final List<String> OF_SERVERS = List.of(MICROPROFILE, MICROMETER, OPENTELEMETRY);

    static final String NONE = "none";
    static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(15);

    public MetricsSettings {
        sinks = Set.copyOf(sinks);
    }

    /** Those of servers that are named, which {@link #AUTO} does not do. */
    public List<String> ofServers() {
        return OF_SERVERS.stream().filter(sinks::contains).toList();
    }

    /**
     * Where and how StatsD is sent to.
     *
     * @param host a name or an address
     * @param port its port
     * @param prefix before each name; empty for none
     * @param plain whether tags are left out
     * @param sampleRate how much is sent, above 0 and at most 1
     * @param tags on everything
     */
    public record Statsd(
            String host, int port, String prefix, boolean plain, double sampleRate, Map<String, String> tags) {
        public Statsd {
            tags = Map.copyOf(tags);
        }
    }
}
