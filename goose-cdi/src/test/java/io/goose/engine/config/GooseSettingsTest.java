package io.goose.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.broker.memory.MemoryBrokerFactory;
import io.goose.engine.run.RunLimits;
import io.goose.engine.transaction.TransactionMode;
import io.goose.engine.worker.WorkerSettings;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GooseSettingsTest {

    private static final List<BrokerFactory> KINDS = List.of(new MemoryBrokerFactory(), StoreFactory.STORE);

    private static SettingsReport read(String... keysAndValues) {
        Map<String, String> settings = new HashMap<>(Map.of("goose.broker.main.url", "store://host"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return GooseSettings.read(SettingsSource.of(settings), KINDS);
    }

    @Test
    void whatIsNotSet_hasTheDocumentedDefault() {
        GooseSettings settings = read().orThrow();
        assertThat(settings.engine().defaultBroker()).isEqualTo("main");
        assertThat(settings.engine().workers()).containsOnly(Map.entry("main", WorkerSettings.DEFAULT));
        assertThat(settings.engine().autoStart()).isTrue();
        assertThat(settings.engine().retryMax()).isEqualTo(27);
        assertThat(settings.engine().maxJobSize()).isEqualTo(262_144);
        assertThat(settings.engine().transaction()).isEqualTo(TransactionMode.AUTO);
        assertThat(settings.engine().outboxes()).isEmpty();
        assertThat(settings.engine().limits()).isEqualTo(RunLimits.DEFAULT);
        assertThat(settings.threadFactory()).isEqualTo("java:comp/DefaultManagedThreadFactory");
        BrokerSettings main = settings.brokers().get("main").settings();
        assertThat(main.namespace()).isEqualTo("goose");
        assertThat(main.dedupeRetention()).isEqualTo(Duration.ofHours(1));
        assertThat(main.dead()).isEqualTo(new BrokerSettings.DeadRetention(100_000, Duration.ofDays(90)));
    }

    @Test
    void everySetting_arrives() {
        GooseSettings settings = read(
                        "goose.brokers", "main, reports",
                        "goose.default-broker", "reports",
                        "goose.broker.reports.kind", "Memory",
                        "goose.broker.main.worker.queues", "x",
                        "goose.broker.main.worker.threads", "2",
                        "goose.broker.main.password", "geheim",
                        "goose.broker.main.pool.max", "9",
                        "goose.namespace", "shop",
                        "goose.worker.start", "manual",
                        "goose.worker.queues", " critical:5 , default:2,low ",
                        "goose.worker.order", "STRICT",
                        "goose.worker.threads", "7",
                        "goose.worker.lookahead", "PT0.1S",
                        "goose.worker.grace", "PT0S",
                        "goose.worker.heartbeat", "PT1S",
                        "goose.worker.lease", "PT3S",
                        "goose.worker.thread-factory", "concurrent/threads",
                        "goose.retry.max", "3",
                        "goose.job.max-size", "2048",
                        "goose.job.timeout", "PT2M",
                        "goose.cancel.grace", "PT5S",
                        "goose.stuck.after", "PT1H",
                        "goose.dedupe.retention", "PT2H",
                        "goose.unknown.patience", "PT2M",
                        "goose.dead.max", "10",
                        "goose.dead.max-age", "P7D")
                .orThrow();
        WorkerSettings.Times times = new WorkerSettings.Times(
                Duration.ofMillis(100),
                Duration.ZERO,
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofMinutes(2));
        Map<String, WorkerSettings> workers = settings.engine().workers();
        assertThat(workers.get("reports").queues())
                .containsExactly(Map.entry("critical", 5), Map.entry("default", 2), Map.entry("low", 1));
        assertThat(workers.get("reports").threads()).isEqualTo(7);
        assertThat(workers.get("reports").times()).isEqualTo(times);
        assertThat(workers.get("main"))
                .isEqualTo(new WorkerSettings(Map.of("x", 1), WorkerSettings.Order.STRICT, 2, times));
        assertThat(settings.engine().autoStart()).isFalse();
        assertThat(settings.engine().retryMax()).isEqualTo(3);
        assertThat(settings.engine().maxJobSize()).isEqualTo(2048);
        assertThat(settings.engine().limits())
                .isEqualTo(new RunLimits(Duration.ofMinutes(2), Duration.ofSeconds(5), Duration.ofHours(1)));
        assertThat(settings.threadFactory()).isEqualTo("concurrent/threads");
        BrokerSettings main = settings.brokers().get("main").settings();
        assertThat(main.get("password")).contains("geheim");
        assertThat(main.get("pool.max")).contains("9");
        assertThat(main.namespace()).isEqualTo("shop");
        assertThat(main.dedupeRetention()).isEqualTo(Duration.ofHours(2));
        assertThat(main.dead()).isEqualTo(new BrokerSettings.DeadRetention(10, Duration.ofDays(7)));
        assertThat(settings.brokers().get("reports").factory().kind()).isEqualTo("memory");
    }

    @Test
    void theWayToBindJobsToTransactions_arrives() {
        Map<String, TransactionMode> words = Map.of(
                "auto", TransactionMode.AUTO,
                "outbox", TransactionMode.OUTBOX,
                "after-commit", TransactionMode.AFTER_COMMIT,
                "IMMEDIATE", TransactionMode.IMMEDIATE);
        words.forEach((word, mode) -> assertThat(
                        read("goose.transaction", word).orThrow().engine().transaction())
                .isEqualTo(mode));
    }

    @Test
    void aDataSourceForOutboxes_isAJdbcBrokerForAllWhoNameNoOther() {
        Map<String, String> set = Map.of(
                "goose.brokers", "main,own,db",
                "goose.broker.main.url", "store://host",
                "goose.broker.own.url", "store://other",
                "goose.broker.own.outbox", "db",
                "goose.broker.db.kind", "jdbc",
                "goose.broker.db.datasource", "jdbc/shop",
                "goose.outbox.datasource", "jdbc/outbox",
                "goose.broker.outbox.table-prefix", "out_");
        List<BrokerFactory> kinds = List.of(StoreFactory.STORE, new JdbcBrokerFactory());
        GooseSettings settings =
                GooseSettings.read(SettingsSource.of(set), kinds).orThrow();

        assertThat(settings.engine().outboxes()).isEqualTo(Map.of("main", "outbox", "own", "db"));
        assertThat(settings.engine().defaultBroker()).isEqualTo("main");
        assertThat(settings.engine().workers()).containsOnlyKeys("main");
        BrokerSettings outbox = settings.brokers().get("outbox").settings();
        assertThat(outbox.get("datasource")).contains("jdbc/outbox");
        assertThat(outbox.get("table-prefix")).contains("out_");
    }

    private static BrokerSettings embedded(String... keysAndValues) {
        Map<String, String> set = new HashMap<>(Map.of("goose.embedded", "true"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            set.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        List<BrokerFactory> kinds = List.of(StoreFactory.STORE, new JdbcBrokerFactory());
        return GooseSettings.read(SettingsSource.of(set), kinds)
                .orThrow()
                .brokers()
                .get("main")
                .settings();
    }

    @Test
    void embedded_withNoBroker_takesTheServersDataSourceAndMakesTheTables() {
        BrokerSettings main = embedded("goose.broker.main.url", " ", "goose.broker.main.table-prefix", "bg_");
        assertThat(main.get("datasource")).contains("java:comp/DefaultDataSource");
        assertThat(main.get("schema")).contains("create");
        assertThat(main.get("table-prefix")).contains("bg_");
        assertThat(embedded("goose.broker.main.schema", "validate").get("schema"))
                .contains("validate");
    }

    @Test
    void embedded_changesNothingAboutABrokerThatIsConfigured() {
        BrokerSettings ofUrl = embedded("goose.broker.main.url", "store://host");
        assertThat(ofUrl.get("url")).contains("store://host");
        assertThat(ofUrl.get("datasource")).isEmpty();
        BrokerSettings ofSource = embedded("goose.broker.main.datasource", "jdbc/shop");
        assertThat(ofSource.get("datasource")).contains("jdbc/shop");
        assertThat(ofSource.get("schema")).isEmpty();
    }

    @Test
    void embedded_isForOneBrokerOnly() {
        Map<String, String> two =
                Map.of("goose.embedded", "true", "goose.brokers", "main,reports", "goose.broker.main.url", "store://x");
        assertThat(GooseSettings.read(SettingsSource.of(two), List.of(StoreFactory.STORE, new JdbcBrokerFactory()))
                        .problems())
                .singleElement()
                .asString()
                .startsWith("GOOSE-2001: broker 'reports' has no settings");
    }

    @Test
    void anotherBrokerWithoutWorkerKeys_isForEnqueuingOnly() {
        GooseSettings settings = read("goose.brokers", "main,reports", "goose.broker.reports.kind", "memory")
                .orThrow();
        assertThat(settings.engine().workers()).containsOnlyKeys("main");
    }

    @Test
    void theOnlyBroker_isTheDefaultWhateverItsName() {
        Map<String, String> only = Map.of("goose.brokers", "shop", "goose.broker.shop.kind", "memory");
        assertThat(GooseSettings.read(SettingsSource.of(only), KINDS)
                        .orThrow()
                        .engine()
                        .defaultBroker())
                .isEqualTo("shop");
    }

    @Test
    void disabledWorkers_leaveNoneOnAnyBroker() {
        GooseSettings settings = read(
                        "goose.worker.enabled", "false",
                        "goose.brokers", "main,reports",
                        "goose.broker.reports.kind", "memory",
                        "goose.broker.reports.worker.threads", "2")
                .orThrow();
        assertThat(settings.engine().workers()).isEmpty();
    }

    @Test
    void aBrokerInMemory_getsAWarning() {
        SettingsReport report =
                GooseSettings.read(SettingsSource.of(Map.of("goose.broker.main.kind", "memory")), KINDS);
        assertThat(report.warnings())
                .containsExactly("GOOSE-2019: broker 'main' keeps its jobs in memory (goose.broker.main.kind=memory):"
                        + " they are lost when the application stops; use it for tests only");
    }

    /** Names as servers list them from the environment and from their own variables. */
    private record Listed(Map<String, String> readable, List<String> names) implements SettingsSource {
        @Override
        public Optional<Value> find(String key) {
            return Optional.ofNullable(readable.get(key)).map(text -> new Value(text, "EnvConfigSource", false));
        }
    }

    @Test
    void unknownKeysElsewhere_getOneWarningThatNamesAll() {
        Map<String, String> values = Map.of(
                "goose.broker.main.url", "store://host", "goose.port", "tcp://10.0.0.1:80", "goose.worker.tread", "1");
        SettingsReport report = GooseSettings.read(new Listed(values, List.copyOf(values.keySet())), KINDS);
        assertThat(report.problems()).isEmpty();
        assertThat(report.warnings()).containsExactly("""
                        GOOSE-2022: ignored what is not known:
                         - goose.port (EnvConfigSource): correct it or remove it
                         - goose.worker.tread (EnvConfigSource): did you mean goose.worker.threads?""");
    }

    @Test
    void whatTheAdaptersArchiveReads_isNoUnknownKey_butInTheApplicationsOwnFile() {
        Map<String, String> values = Map.of(
                "goose.broker.main.url", "store://host", "goose.jca.url", "redis://host", "goose.jca.pool.size", "7");
        assertThat(GooseSettings.read(new Listed(values, List.copyOf(values.keySet())), KINDS)
                        .warnings())
                .isEmpty();

        assertThat(GooseSettings.read(SettingsSource.of(values), KINDS).problems())
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).contains("GOOSE-2021", "goose.jca."));
    }

    @Test
    void theOddForms_inWhichServersListVariables_areNotTakenForUnknownKeys() {
        Map<String, String> values = Map.of(
                "goose.broker.main.url", "store://host",
                "goose.worker.thread-factory", "x",
                "goose.worker.thread.factory", "x", // GOOSE_WORKER_THREAD_FACTORY as a server lists it
                "goose.job.max.size", "4096",
                "goose.job.max-size", "4096");
        SettingsReport report = GooseSettings.read(new Listed(values, List.copyOf(values.keySet())), KINDS);
        assertThat(report.warnings()).isEmpty();
        assertThat(report.orThrow().engine().maxJobSize()).isEqualTo(4096);
        assertThat(report.orThrow().threadFactory()).isEqualTo("x");
    }

    @Test
    void aValueThatCannotBeRead_isReportedOnce() {
        SettingsSource source = new SettingsSource() {
            @Override
            public Optional<Value> find(String key) {
                if (key.equals("goose.broker.main.url")) {
                    throw new IllegalArgumentException("${REDIS} is not set");
                }
                return Optional.empty();
            }

            @Override
            public Iterable<String> names() {
                return List.of("goose.broker.main.url");
            }
        };
        assertThat(GooseSettings.read(source, KINDS).problems())
                .containsExactly(
                        "GOOSE-2014: goose.broker.main.url cannot be read: ${REDIS} is not set; set what it refers"
                                + " to, or give it a value of its own");
    }
}
