package io.goose.jca;

import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The properties of a connection factory. Not thread-safe: the container sets them before it uses the factory. */
final class Settings implements Serializable {

    private static final long serialVersionUID = 1;

    private static final String NAMESPACE = "goose";
    private static final Duration DEDUPE_RETENTION = Duration.ofHours(1);
    private static final DeadRetention DEAD = new DeadRetention(100_000, Duration.ofDays(90));

    /** What an application says of a broker of its own; here nobody would look at it. */
    private static final Set<String> OF_THE_APPLICATION = Set.of("ledger", "track");

    private final TreeMap<String, String> named = new TreeMap<>();
    private final TreeMap<String, String> others = new TreeMap<>();
    private String namespace = NAMESPACE;
    private String text = "";

    String get(String key) {
        return named.getOrDefault(key, "");
    }

    void put(String key, String value) {
        if (value.isBlank()) {
            named.remove(key); // as if it were not set: a placeholder without a value is blank
        } else {
            named.put(key, value.strip());
        }
    }

    String namespace() {
        return namespace;
    }

    void namespace(String value) {
        namespace = value.isBlank() ? NAMESPACE : value.strip();
    }

    String further() {
        return text;
    }

    void further(String value) {
        text = value;
        others.clear();
        for (String entry : value.split(";", -1)) {
            int equals = entry.indexOf('=');
            String key = (equals < 0 ? entry : entry.substring(0, equals)).strip();
            if (!key.isEmpty()) {
                others.put(key, equals < 0 ? "" : entry.substring(equals + 1).strip());
            }
        }
    }

    Map<String, String> properties() {
        Map<String, String> all = new TreeMap<>(others);
        all.putAll(named);
        return all;
    }

    /** What is in {@code settings} and is no key of this kind of broker, or has no value. */
    List<String> unknown(Set<String> keys) {
        List<String> problems = new ArrayList<>();
        others.forEach((key, value) -> {
            if (!keys.contains(key) || OF_THE_APPLICATION.contains(key)) {
                Set<String> known = new TreeSet<>(keys);
                known.removeAll(OF_THE_APPLICATION);
                problems.add("settings has '" + key + "', which is none of " + known);
            } else if (value.isEmpty()) {
                problems.add("settings has '" + key + "' without a value; write " + key + "=value");
            }
        });
        return problems;
    }

    BrokerSettings of(Map<String, String> properties) {
        return new BrokerSettings("jca", namespace, properties, DEDUPE_RETENTION, DEAD);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings that
                && properties().equals(that.properties())
                && namespace.equals(that.namespace);
    }

    @Override
    public int hashCode() {
        return 31 * properties().hashCode() + namespace.hashCode();
    }
}
