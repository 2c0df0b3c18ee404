package io.goose.engine.config;

import io.goose.engine.config.GooseSettings.ConfiguredBroker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads one broker at a time: which kind it is, and what that kind wants to know. */
final class BrokerReader {

    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*", Pattern.DOTALL);
    private static final String DEFAULT_NAMESPACE = "goose";
    private static final String JDBC = "jdbc";
    private static final String DATASOURCE = "datasource";
    private static final String NODES = "nodes";

    /** The data source that every server has a name for. */
    private static final String DEFAULT_DATASOURCE = "java:comp/DefaultDataSource";

    private final SettingsReader values;
    private final BrokerKinds kinds;
    private final List<String> warnings;
    private final boolean alone;
    private final boolean embedded;
    private final String namespace;
    private final Duration dedupeRetention;
    private final BrokerSettings.DeadRetention dead;
    private final Map<String, BrokerKind> kindOfEach = new TreeMap<>();

    /**
     * Reads what all brokers share.
     *
     * @param alone whether there is only one
     */
    BrokerReader(SettingsReader values, BrokerKinds kinds, List<String> warnings, boolean alone) {
        this.values = values;
        this.kinds = kinds;
        this.warnings = warnings;
        this.alone = alone;
        this.embedded = values.flag(Keys.EMBEDDED, false);
        this.namespace = namespace();
        this.dedupeRetention =
                values.duration(Keys.DEDUPE_RETENTION, Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofDays(7));
        this.dead = new BrokerSettings.DeadRetention(
                values.number(Keys.DEAD_MAX, 100_000, 1, 100_000_000),
                values.duration(Keys.DEAD_MAX_AGE, Duration.ofDays(90), Duration.ofHours(1), Duration.ofDays(36_500)));
    }

    private String namespace() {
        String text = values.text(Keys.NAMESPACE).orElse(DEFAULT_NAMESPACE);
        if (NAMESPACE.matcher(text).matches()) {
            return text;
        }
        values.problem(
                "GOOSE-2017: " + Keys.NAMESPACE + "=" + text
                        + " cannot be a prefix on every broker; write 1 to 64 of A-Z a-z 0-9 . _ - beginning with a letter or digit");
        return DEFAULT_NAMESPACE;
    }

    /** The kind of each broker that was read, where it is known. */
    Map<String, BrokerKind> kindOfEach() {
        return kindOfEach;
    }

    /** Reads the broker called {@code name}; empty if it cannot be made, which has been noted as a problem then. */
    Optional<ConfiguredBroker> read(String name) {
        if (embedded && alone && saysNothingOfWhere(name)) {
            return overDataSource(
                    name,
                    Keys.EMBEDDED + "=true",
                    new TreeMap<>(Map.of(DATASOURCE, DEFAULT_DATASOURCE, "schema", "create")));
        }
        Optional<BrokerKind> found = factory(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        return read(name, found.get(), new TreeMap<>());
    }

    private boolean saysNothingOfWhere(String name) {
        return Stream.of(Keys.URL, Keys.KIND, DATASOURCE, NODES).noneMatch(key -> values.isSet(Keys.of(name, key)));
    }

    /** Reads a JDBC broker of which the data source is known. */
    Optional<ConfiguredBroker> readOverDataSource(String name, String datasource) {
        return overDataSource(
                name, Keys.OUTBOX_DATASOURCE + "=" + datasource, new TreeMap<>(Map.of(DATASOURCE, datasource)));
    }

    /** Reads a JDBC broker over the data source that every server has, for ledgers; with {@code goose.embedded} only. */
    Optional<ConfiguredBroker> readLocal(String name, String wanted) {
        return overDataSource(name, wanted, new TreeMap<>(Map.of(DATASOURCE, DEFAULT_DATASOURCE, "schema", "create")));
    }

    boolean isEmbedded() {
        return embedded;
    }

    private Optional<ConfiguredBroker> overDataSource(String name, String wanted, Map<String, String> properties) {
        Optional<BrokerKind> jdbc = kinds.ofKind(JDBC);
        if (jdbc.isEmpty()) {
            values.problem(
                    "GOOSE-2032: " + wanted + " needs a JDBC broker, and none is here; write one of " + kinds.kinds());
            return Optional.empty();
        }
        return read(name, jdbc.get(), properties);
    }

    private Optional<ConfiguredBroker> read(String name, BrokerKind kind, Map<String, String> properties) {
        kindOfEach.put(name, kind);
        for (String key : Keys.ofBroker(kind.keys())) {
            values.text(Keys.of(name, key)).ifPresent(text -> properties.put(key, text));
        }
        BrokerSettings settings = new BrokerSettings(name, namespace, properties, dedupeRetention, dead);
        List<String> wrong = problems(kind, settings, factory -> factory.problems(settings));
        wrong.forEach(values::problem);
        if (kind.name().equals("memory")) {
            warnings.add("GOOSE-2019: broker '" + name + "' keeps its jobs in memory (" + Keys.of(name, Keys.KIND)
                    + "=memory): they are lost when the application stops; use it for tests only");
        }
        return wrong.isEmpty() ? Optional.of(new ConfiguredBroker(kind.factory(), settings, null)) : Optional.empty();
    }

    /** Notes what keeps a worker that beats so often from working on a broker that was read. */
    void checkWorker(String name, BrokerSettings settings, Duration heartbeat) {
        BrokerKind kind = Objects.requireNonNull(kindOfEach.get(name), name);
        problems(kind, settings, factory -> factory.problemsOfWorker(settings, heartbeat))
                .forEach(values::problem);
    }

    private static List<String> problems(
            BrokerKind kind, BrokerSettings settings, Function<BrokerFactory, List<String>> check) {
        try {
            return List.copyOf(check.apply(kind.factory()));
        } catch (LinkageError incomplete) {
            return List.of("GOOSE-2027: broker '" + settings.name() + "' cannot be made: its kind, " + kind.name()
                    + ", lacks a class (" + incomplete + "); add the library that has it");
        } catch (RuntimeException broken) {
            return List.of("GOOSE-2030: the settings of broker '" + settings.name() + "' cannot be checked: "
                    + kind.factory().getClass().getName() + " failed (" + broken + "); mend it or remove it");
        }
    }

    private Optional<BrokerKind> factory(String name) {
        String urlKey = Keys.of(name, Keys.URL);
        String kindKey = Keys.of(name, Keys.KIND);
        Optional<String> url = values.text(urlKey);
        Optional<String> kind = values.text(kindKey).map(text -> text.toLowerCase(Locale.ROOT));
        if (url.isEmpty() && kind.isEmpty()) {
            Optional<BrokerKind> ofDataSource = kinds.ofKind(JDBC).filter(jdbc -> hasDataSource(name));
            if (ofDataSource.isPresent()) {
                return ofDataSource;
            }
            String nodesKey = Keys.of(name, NODES);
            if (values.isSet(nodesKey)) {
                values.problem("GOOSE-2026: " + nodesKey + " is set, but neither " + urlKey + " nor " + kindKey
                        + " says what kind of broker these are; set for example " + kindKey + "=redis");
            } else if (!values.isSet(urlKey) && !values.isSet(kindKey)) { // else it is set and cannot be read
                values.problem(notConfigured(name));
            }
            return Optional.empty();
        }
        Optional<BrokerKind> byKind = kind.flatMap(kinds::ofKind);
        if (kind.isPresent() && byKind.isEmpty()) {
            values.problem("GOOSE-2010: " + kindKey + "=" + kind.get() + " is no kind of broker; write one of "
                    + kinds.kinds()
                    + Spelling.nearest(kind.get(), kinds.kinds())
                            .map(near -> "; did you mean " + near + "?")
                            .orElse(""));
            return Optional.empty();
        }
        return url.isEmpty() ? byKind : agreeing(urlKey, url.get(), kindKey, byKind);
    }

    private String notConfigured(String name) {
        String urlKey = Keys.of(name, Keys.URL);
        String kindKey = Keys.of(name, Keys.KIND);
        String dataSourceKey = Keys.of(name, DATASOURCE);
        return "GOOSE-2001: "
                + (alone ? "no broker is configured" : "broker '" + name + "' has no settings") + ": none of " + urlKey
                + ", " + dataSourceKey + " and " + kindKey + " is set; set for example\n     " + urlKey
                + "=redis://localhost:6379\n   or, in a server that has a database,\n     " + dataSourceKey
                + "=" + DEFAULT_DATASOURCE + "\n   or, for tests only,\n     " + kindKey + "=memory";
    }

    private boolean hasDataSource(String name) {
        return values.text(Keys.of(name, DATASOURCE)).isPresent();
    }

    /** What the address selects, unless the kind says otherwise: a contradiction is refused. */
    private Optional<BrokerKind> agreeing(String urlKey, String url, String kindKey, Optional<BrokerKind> byKind) {
        var scheme = SCHEME.matcher(url);
        if (!scheme.matches()) {
            values.problem("GOOSE-2018: " + Secrets.shown(urlKey, url)
                    + " has no scheme; write for example redis://host:6379");
            return Optional.empty();
        }
        String word = scheme.group(1).toLowerCase(Locale.ROOT);
        Optional<BrokerKind> byScheme = kinds.ofScheme(word);
        if (byKind.isPresent()) {
            boolean contradicts = byScheme.isPresent()
                    ? !byScheme.get().name().equals(byKind.get().name())
                    : !byKind.get().schemes().isEmpty();
            if (contradicts) {
                values.problem("GOOSE-2020: " + kindKey + "=" + byKind.get().name() + " contradicts "
                        + Secrets.shown(urlKey, url) + ", whose scheme is "
                        + byScheme.map(other -> "that of a " + other.name() + " broker")
                                .orElse("none of " + new TreeSet<>(byKind.get().schemes()))
                        + "; remove the kind or correct the address");
                return Optional.empty();
            }
            return byKind;
        }
        if (byScheme.isEmpty()) {
            values.problem("GOOSE-2018: " + Secrets.shown(urlKey, url) + " has the scheme '" + word
                    + "', which no broker here understands; write one of " + kinds.schemes() + ", or set " + kindKey
                    + " to one of " + kinds.kinds());
        }
        return byScheme;
    }
}
