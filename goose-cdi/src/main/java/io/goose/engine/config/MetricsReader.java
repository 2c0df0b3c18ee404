package io.goose.engine.config;

import io.goose.engine.config.MetricsSettings.Statsd;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code goose.metrics.*}. */
final class MetricsReader {

    private static final List<String> NAMES = List.of(
            MetricsSettings.AUTO,
            MetricsSettings.NONE,
            MetricsSettings.MICROPROFILE,
            MetricsSettings.MICROMETER,
            MetricsSettings.OPENTELEMETRY,
            MetricsSettings.STATSD);
    private static final String HERE = "localhost";
    private static final int PORT = 8125;
    private static final int HIGHEST_PORT = 65_535;
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]*");
    private static final Pattern TAG = Pattern.compile("([A-Za-z][A-Za-z0-9_.-]*):([^,:|@#\\s]+)");

    private final SettingsReader values;

    MetricsReader(SettingsReader values) {
        this.values = values;
    }

    MetricsSettings read() {
        return new MetricsSettings(
                sinks(),
                values.duration(
                        Keys.METRICS_INTERVAL,
                        MetricsSettings.DEFAULT_INTERVAL,
                        Duration.ofSeconds(1),
                        Duration.ofHours(1)),
                statsd());
    }

    private Set<String> sinks() {
        Set<String> names = new LinkedHashSet<>();
        String text = values.text(Keys.METRICS_SINKS).orElse(MetricsSettings.AUTO);
        for (String entry : text.split(",", -1)) {
            String name = entry.strip().toLowerCase(Locale.ROOT);
            if (NAMES.contains(name)) {
                names.add(name);
            } else {
                values.problem("GOOSE-2330: " + Keys.METRICS_SINKS + "=" + text + " has '" + entry.strip()
                        + "', which is no sink; write some of " + String.join(", ", NAMES)
                        + Spelling.nearest(name, NAMES)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
            }
        }
        if (names.remove(MetricsSettings.NONE) && !names.isEmpty()) {
            values.problem("GOOSE-2331: " + Keys.METRICS_SINKS + "=" + text
                    + " names none and others; leave none out, or leave it alone");
        }
        return names;
    }

    private Statsd statsd() {
        String address = values.text(Keys.STATSD_ADDRESS).orElse(HERE + ":" + PORT);
        int colon = address.lastIndexOf(':');
        boolean isBareV6 = address.indexOf(':') != colon && !address.endsWith("]") && !address.contains("]:");
        boolean hasPort = colon >= 0 && !isBareV6 && !address.endsWith("]");
        String host = hasPort ? address.substring(0, colon) : address;
        Optional<Integer> port = hasPort ? port(address.substring(colon + 1)) : Optional.of(PORT);
        if (host.isBlank() || port.isEmpty()) {
            values.problem("GOOSE-2332: " + Keys.STATSD_ADDRESS + "=" + address
                    + " is no address; write a host and a port, for example " + HERE + ":" + PORT);
        }
        return new Statsd(
                host.isBlank() ? HERE : host,
                port.orElse(PORT),
                prefix(),
                "plain".equals(values.choice(Keys.STATSD_FORMAT, "dogstatsd", List.of("dogstatsd", "plain"))),
                sampleRate(),
                tags());
    }

    private static Optional<Integer> port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port < 1 || port > HIGHEST_PORT ? Optional.empty() : Optional.of(port);
        } catch (NumberFormatException none) {
            return Optional.empty();
        }
    }

    private String prefix() {
        String prefix = values.text(Keys.STATSD_PREFIX).orElse("goose.");
        if (!PREFIX.matcher(prefix).matches()) {
            values.problem("GOOSE-2333: " + Keys.STATSD_PREFIX + "=" + prefix
                    + " cannot stand before a name; write letters, digits, dots, _ and -");
        }
        return prefix;
    }

    private double sampleRate() {
        String text = values.text(Keys.STATSD_SAMPLE_RATE).orElse("1");
        try {
            double rate = Double.parseDouble(text);
            if (rate > 0 && rate <= 1) {
                return rate;
            }
        } catch (NumberFormatException none) {
            values.problem("GOOSE-2334: " + Keys.STATSD_SAMPLE_RATE + "=" + text
                    + " is no number; write one above 0 and at most 1");
            return 1;
        }
        values.problem("GOOSE-2334: " + Keys.STATSD_SAMPLE_RATE + "=" + text
                + " is out of range; write a number above 0 and at most 1");
        return 1;
    }

    private Map<String, String> tags() {
        Map<String, String> tags = new TreeMap<>();
        values.text(Keys.STATSD_TAGS).ifPresent(text -> {
            for (String entry : text.split(",", -1)) {
                Matcher tag = TAG.matcher(entry.strip());
                if (tag.matches()) {
                    tags.put(tag.group(1), tag.group(2));
                } else {
                    values.problem(
                            "GOOSE-2335: " + Keys.STATSD_TAGS + "=" + text + " has '" + entry.strip()
                                    + "', which is no tag; write name:value with commas between, for example env:prod,region:eu");
                }
            }
        });
        return tags;
    }
}
