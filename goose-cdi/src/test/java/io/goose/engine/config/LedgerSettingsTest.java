package io.goose.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.composed.ComposedBroker;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.broker.memory.MemoryBrokerFactory;
import io.goose.se.Goose;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Capability;
import io.goose.spi.GuardedLedger;
import io.goose.spi.JoinableTransport;
import io.goose.spi.Transport;
import io.goose.spi.TransportFactory;
import io.goose.spi.WorkerThreads;
import io.goose.tck.BareTransport;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Brokers that are joined of a transport and the ledger of another. */
class LedgerSettingsTest {

    private static final Map<String, String> MAIN_IS_A_TRANSPORT = Map.of(
            "goose.brokers", "main,db,tests,store",
            "goose.broker.main.url", "bare://host",
            "goose.broker.db.datasource", "jdbc/shop",
            "goose.broker.tests.kind", "memory",
            "goose.broker.store.url", "store://x");

    /** A kind of transport. */
    private static class BareFactory extends StoreFactory implements TransportFactory {
        BareFactory() {
            super("bare", Set.of("bare"));
        }

        @Override
        public Broker create(BrokerSettings settings, WorkerThreads threads) {
            return BareTransport.create(true);
        }

        @Override
        public JoinableTransport joinable(BrokerSettings settings, WorkerThreads threads, GuardedLedger ledger) {
            return JoinableTransport.of(BareTransport.create(false));
        }
    }

    private static List<BrokerFactory> kinds(BrokerFactory jdbc) {
        return List.of(jdbc, new MemoryBrokerFactory(), StoreFactory.STORE, new BareFactory());
    }

    private static SettingsReport read(BrokerFactory jdbc, String... keysAndValues) {
        Map<String, String> settings = new HashMap<>(MAIN_IS_A_TRANSPORT);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        settings.values().removeIf(String::isEmpty);
        return GooseSettings.read(SettingsSource.of(settings), kinds(jdbc));
    }

    private static SettingsReport read(String... keysAndValues) {
        return read(new JdbcBrokerFactory(), keysAndValues);
    }

    static Stream<List<String>> mistakes() {
        return Stream.of(
                List.of(
                        "GOOSE-2035: goose.broker.main.ledger=dp is no other broker of goose.brokers=main,db,tests,store;"
                                + " name one among them whose kind is one of [jdbc], or write local for the server's own"
                                + " data source; did you mean db?",
                        "goose.broker.main.ledger",
                        "dp"),
                List.of(
                        "GOOSE-2035: goose.broker.main.ledger=main is no other broker of"
                                + " goose.brokers=main,db,tests,store; name one among them whose kind is one of [jdbc], or"
                                + " write local for the server's own data source",
                        "goose.broker.main.ledger",
                        "main"),
                List.of(
                        "GOOSE-2036: goose.broker.store.ledger=db is set, but a store broker keeps everything itself and"
                                + " cannot have another ledger; remove it",
                        "goose.broker.store.ledger",
                        "db"),
                List.of(
                        "GOOSE-2037: goose.broker.main.ledger=tests is a memory broker, which cannot keep a ledger for"
                                + " another; name one whose kind is one of [jdbc]",
                        "goose.broker.main.ledger",
                        "tests"),
                List.of(
                        "GOOSE-2038: goose.broker.main.track=all says what a ledger keeps, and there is none; set"
                                + " goose.broker.main.ledger too, or remove it",
                        "goose.broker.main.track",
                        "all"),
                List.of(
                        "GOOSE-2039: goose.broker.main.ledger=local is the server's default data source, which is used only"
                                + " where goose.embedded=true says that it may be; set that, or name a broker",
                        "goose.broker.main.ledger",
                        "local"),
                List.of(
                        "GOOSE-2009: goose.broker.main.track=al is not known; write guarded or all (default guarded); did"
                                + " you mean all?",
                        "goose.broker.main.ledger",
                        "db",
                        "goose.broker.main.track",
                        "al"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistake_isReported(List<String> mistake) {
        SettingsReport report = read(mistake.subList(1, mistake.size()).toArray(String[]::new));

        assertThat(report.problems()).containsExactly(mistake.get(0));
        assertThat(report.settings()).isNull();
    }

    @Test
    void aJdbcLedger_isTheOutboxToo_unlessAnotherIsNamed() {
        assertThat(outboxes("goose.broker.main.ledger", "db")).isEqualTo(Map.of("main", "db"));
        assertThat(outboxes(
                        "goose.broker.main.ledger", "db",
                        "goose.broker.main.outbox", "store"))
                .isEqualTo(Map.of("main", "store"));
        assertThat(outboxes(
                        "goose.broker.main.ledger", "db",
                        "goose.outbox.datasource", "jdbc/all"))
                .containsEntry("main", "outbox");
        assertThat(outboxes()).isEmpty();
    }

    private static Map<String, String> outboxes(String... keysAndValues) {
        return read(keysAndValues).orThrow().engine().outboxes();
    }

    @Test
    void aLocalLedger_isTheEmbeddedDataSource_andABrokerWithKeysOfItsOwn() {
        GooseSettings settings = read(
                        "goose.embedded", "true",
                        "goose.broker.main.ledger", "local",
                        "goose.broker.local.table-prefix", "bg_")
                .orThrow();

        BrokerSettings local = settings.brokers().get("local").settings();
        assertThat(local.get("datasource")).contains("java:comp/DefaultDataSource");
        assertThat(local.get("schema")).contains("create");
        assertThat(local.get("table-prefix")).contains("bg_");
        assertThat(settings.engine().outboxes()).isEqualTo(Map.of("main", "local"));
    }

    @Test
    void brokers_areMadeOfTransportAndLedger_orStandAlone() {
        assertThat(capabilitiesOfMain()).as("alone").containsExactly(Capability.DELAY);
        assertThat(capabilitiesOfMain("goose.broker.main.ledger", "db"))
                .contains(Capability.SCHEDULED_LIST, Capability.PAUSE)
                .doesNotContain(Capability.WAITING_LIST);
        assertThat(capabilitiesOfMain("goose.broker.main.ledger", "db", "goose.broker.main.track", "ALL"))
                .contains(Capability.PAUSE, Capability.WAITING_LIST);
    }

    private static Set<Capability> capabilitiesOfMain(String... keysAndValues) {
        GooseSettings settings = read(
                        JdbcBrokerFactory.of(new JdbcDataSource()),
                        Stream.concat(
                                        Stream.of(
                                                "goose.brokers", "main,db",
                                                "goose.broker.db.datasource", "",
                                                "goose.broker.db.kind", "jdbc",
                                                "goose.broker.tests.kind", "",
                                                "goose.broker.store.url", ""),
                                        Stream.of(keysAndValues))
                                .toArray(String[]::new))
                .orThrow();
        return settings.withBrokers((name, body) -> new Thread(body, name), ComposedBroker::new, brokers -> {
            Set<Capability> capabilities = brokers.get("main").capabilities();
            brokers.values().forEach(Broker::close);
            return capabilities;
        });
    }

    @Test
    void aLedger_isThereUntilItsTransportIsClosed() {
        JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:closing;DB_CLOSE_DELAY=-1", "sa", "");
        List<String> known = new ArrayList<>();
        BareFactory transports = new BareFactory() {
            @Override
            public JoinableTransport joinable(BrokerSettings settings, WorkerThreads threads, GuardedLedger ledger) {
                Broker bare = BareTransport.create(false);
                Transport asking = (Transport) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, arguments) -> {
                            if (method.getName().equals("close")) {
                                known.addAll(ledger.queues());
                            }
                            return method.invoke(bare, arguments);
                        });
                return new JoinableTransport(asking, bare);
            }
        };
        Goose goose = Goose.builder()
                .config("goose.brokers", "db,main")
                .config("goose.broker.db.kind", "jdbc")
                .config("goose.broker.main.url", "bare://host")
                .config("goose.broker.main.ledger", "db")
                .brokerFactory(JdbcBrokerFactory.of(pool))
                .brokerFactory(transports)
                .build();
        goose.admin("main").pause("a");

        goose.close();

        assertThat(known).containsExactly("a");
        pool.dispose();
    }
}
