package io.goose.jca;

import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import java.io.Serializable;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The broker that a connection factory, the adapter or a message-driven bean names: its address, who logs in, the prefix and further
 * keys. Each of these has properties of its own for it, which are kept here. Not thread-safe: the container sets them before it
 * uses what has them.
 */
final class Settings implements Serializable {

    private static final long serialVersionUID = 1;

    private static final String NAMESPACE = "goose";

    /** What {@code goose.namespace} of an application may be: any other could change what the broker makes of its keys. */
    private static final Pattern NAMESPACES = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private static final String DEAD_MAX = "dead.max";
    private static final String DEAD_MAX_AGE = "dead.max-age";
    private static final String DEDUPE_RETENTION = "dedupe.retention";

    /** What an application says for all its brokers, and here the factory for its one, with the same defaults. */
    private static final Map<String, String> RETENTION =
            Map.of(DEAD_MAX, "100000", DEAD_MAX_AGE, "P90D", DEDUPE_RETENTION, "PT1H");

    private static final int MOST_DEAD = 100_000_000;
    private static final Duration SHORTEST_AGE = Duration.ofHours(1);
    private static final Duration LONGEST_AGE = Duration.ofDays(36_500);
    private static final Duration SHORTEST_DEDUPE = Duration.ofMinutes(1);
    private static final Duration LONGEST_DEDUPE = Duration.ofDays(7);

    /** How the broker's own messages call a key; here it has no such prefix. */
    private static final String NAME = "jca";

    private static final String PREFIX = "goose.broker." + NAME + '.';

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

    /** What is wrong with the prefix, with the mend. */
    Optional<String> namespaceProblem() {
        return NAMESPACES.matcher(namespace).matches()
                ? Optional.empty()
                : Optional.of("namespace='" + namespace
                        + "' cannot be used; write 1 to 64 of A-Z a-z 0-9 . _ - beginning with a letter or digit");
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

    /** These, and where they say nothing those. */
    Settings over(Settings those) {
        Settings both = new Settings();
        both.named.putAll(those.named);
        both.named.putAll(named);
        both.others.putAll(those.others);
        both.others.putAll(others);
        both.namespace = namespace.equals(NAMESPACE) ? those.namespace : namespace;
        return both;
    }

    /** These with this login, of which nothing is from these: an empty password is one. */
    Settings as(String userName, String password) {
        Settings login = new Settings().over(this);
        login.named.put("username", userName);
        login.named.put("password", password);
        return login;
    }

    Map<String, String> properties() {
        Map<String, String> all = new TreeMap<>(others);
        all.putAll(named);
        return all;
    }

    /** What is in {@code settings} and is no key of this kind of broker, or has no value that can be used. */
    List<String> unknown(Set<String> keys) {
        Set<String> known = new TreeSet<>(keys);
        known.removeAll(OF_THE_APPLICATION);
        known.addAll(RETENTION.keySet());
        List<String> problems = new ArrayList<>();
        others.forEach((key, value) -> {
            if (value.isEmpty()) { // may be the rest of a secret with a semicolon in it: only what is a key is printed
                problems.add("settings has " + (known.contains(key) ? "'" + key + "'" : "an entry")
                        + " without a value; write " + (known.contains(key) ? key : "key") + "=value");
            } else if (!known.contains(key)) {
                problems.add("settings has '" + key + "', which is none of " + known);
            } else {
                problem(key, value).ifPresent(problems::add);
            }
        });
        return problems;
    }

    /** Within the bounds that the application's keys have. */
    private static Optional<String> problem(String key, String value) {
        return switch (key) {
            case DEAD_MAX -> {
                int count = count(value);
                yield problem(key, value, count >= 1 && count <= MOST_DEAD, "a number from 1 to " + MOST_DEAD);
            }
            case DEAD_MAX_AGE ->
                problem(key, value, isWithin(value, SHORTEST_AGE, LONGEST_AGE), SHORTEST_AGE + " to " + LONGEST_AGE);
            case DEDUPE_RETENTION ->
                problem(
                        key,
                        value,
                        isWithin(value, SHORTEST_DEDUPE, LONGEST_DEDUPE),
                        SHORTEST_DEDUPE + " to " + LONGEST_DEDUPE);
            default -> Optional.empty(); // the broker's to judge
        };
    }

    private static Optional<String> problem(String key, String value, boolean isRight, String mend) {
        return isRight
                ? Optional.empty()
                : Optional.of("settings has " + key + "='" + value + "', which cannot be used; write " + mend);
    }

    /** The number; -1 if it is none. */
    private static int count(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException none) {
            return -1;
        }
    }

    /** The duration; zero if it is none. */
    private static Duration duration(String value) {
        try {
            return Duration.parse(value);
        } catch (DateTimeParseException none) {
            return Duration.ZERO;
        }
    }

    private static boolean isWithin(String value, Duration shortest, Duration longest) {
        Duration duration = duration(value);
        return duration.compareTo(shortest) >= 0 && duration.compareTo(longest) <= 0;
    }

    /** What the broker is made of. Its own problems are to be looked at before it is. */
    BrokerSettings of(Map<String, String> properties) {
        Map<String, String> ofBroker = new TreeMap<>(properties);
        ofBroker.keySet().removeAll(RETENTION.keySet());
        return new BrokerSettings(
                NAME,
                namespace,
                ofBroker,
                duration(retention(properties, DEDUPE_RETENTION)),
                new DeadRetention(
                        count(retention(properties, DEAD_MAX)), duration(retention(properties, DEAD_MAX_AGE))));
    }

    private static String retention(Map<String, String> properties, String key) {
        return properties.getOrDefault(key, Objects.requireNonNull(RETENTION.get(key)));
    }

    /** A message of the broker with the names of keys as they are here. */
    static String named(String problem) {
        return problem.replace(PREFIX, "");
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
