package io.goose.engine.config;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds keys that nothing reads. In the application's own file such a key is a mistake; elsewhere it may belong to
 * somebody else (an environment variable {@code GOOSE_PORT} of a service called goose is listed as {@code goose.port}), so
 * that it gets a warning only.
 */
final class UnknownKeys {

    /** What the resource adapter's archive reads of the server's properties, where every application of it sees them. */
    private static final String OF_THE_ADAPTER = Keys.PREFIX + "jca.";

    private final SettingsSource source;
    private final Map<String, BrokerKind> kindOfEach;
    private final Set<String> brokers;
    private final Set<String> known = new TreeSet<>(Keys.GLOBAL);
    private final Set<String> ofSomeKind = new TreeSet<>();

    UnknownKeys(SettingsSource source, BrokerKinds kinds, Map<String, BrokerKind> kindOfEach, Set<String> brokers) {
        this.source = source;
        this.kindOfEach = kindOfEach;
        this.brokers = brokers;
        kinds.all().forEach(kind -> ofSomeKind.addAll(Keys.ofBroker(kind.keys())));
        for (String broker : brokers) {
            BrokerKind kind = kindOfEach.get(broker);
            Set<String> keys = kind == null ? ofSomeKind : Keys.ofBroker(kind.keys());
            keys.forEach(key -> known.add(Keys.of(broker, key)));
        }
    }

    void check(List<String> problems, List<String> warnings) {
        Set<String> environmentForms = new HashSet<>();
        known.forEach(key -> environmentForms.add(environmentForm(key)));
        Set<String> elsewhere = new TreeSet<>();
        for (String name : new TreeSet<>(listed())) {
            if (known.contains(name)) {
                continue;
            }
            Optional<SettingsSource.Value> value = value(name);
            if (value.isPresent() && value.get().own()) {
                problems.add("GOOSE-2021: " + name + " in " + value.get().source() + " is not known: " + mend(name));
            } else if (value.isPresent()
                    && !name.startsWith(OF_THE_ADAPTER)
                    && !environmentForms.contains(environmentForm(name))) {
                elsewhere.add(name + " (" + value.get().source() + "): " + mend(name));
            }
        }
        if (!elsewhere.isEmpty()) {
            warnings.add("GOOSE-2022: ignored what is not known:\n - " + String.join("\n - ", elsewhere));
        }
    }

    private Set<String> listed() {
        Set<String> names = new HashSet<>();
        for (String name : source.names()) {
            if (name.startsWith(Keys.PREFIX)) {
                names.add(name);
            }
        }
        return names;
    }

    private Optional<SettingsSource.Value> value(String name) {
        try {
            return source.find(name);
        } catch (IllegalArgumentException unreadable) { // nothing reads it, so it need not be readable
            return Optional.of(new SettingsSource.Value("", "some source", false));
        }
    }

    private String mend(String name) {
        if (name.startsWith(Keys.BROKER_PREFIX)) {
            String rest = name.substring(Keys.BROKER_PREFIX.length());
            int dot = rest.indexOf('.');
            String broker = dot < 0 ? rest : rest.substring(0, dot);
            String key = dot < 0 ? "" : rest.substring(dot + 1);
            if (!brokers.contains(broker)) {
                return "no broker '" + broker + "' is in " + Keys.BROKERS + "=" + String.join(",", brokers)
                        + "; add it there or remove this key";
            }
            BrokerKind kind = kindOfEach.get(broker);
            if (kind != null && ofSomeKind.contains(key)) {
                return "a " + kind.name() + " broker does not read it; remove it";
            }
        }
        return Spelling.nearest(name, known)
                .map(near -> "did you mean " + near + "?")
                .orElse("correct it or remove it");
    }

    private static String environmentForm(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
