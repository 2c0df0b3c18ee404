package io.goose.engine.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.memory.MemoryBrokerFactory;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of bad configuration, and the message that it gets. */
class ConfigurationMistakesTest {

    private static final List<BrokerFactory> KINDS = List.of(new MemoryBrokerFactory(), StoreFactory.STORE);

    /**
     * A mistake.
     *
     * @param name what is wrong
     * @param settings added to those of one good broker; an empty value removes
     * @param message all of what is said about it
     */
    record Mistake(String name, Map<String, String> settings, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Mistake mistake(String name, String key, String value, String message) {
        return new Mistake(name, Map.of(key, value), message);
    }

    static Stream<Mistake> mistakes() {
        return Stream.of(
                mistake("noBrokerIsConfigured", "goose.broker.main.url", "", """
                        GOOSE-2001: no broker is configured: none of goose.broker.main.url, goose.broker.main.datasource and goose.broker.main.kind is set; set for example
                             goose.broker.main.url=redis://localhost:6379
                           or, in a server that has a database,
                             goose.broker.main.datasource=java:comp/DefaultDataSource
                           or, for tests only,
                             goose.broker.main.kind=memory"""),
                new Mistake(
                        "nodesAreOfNoKind",
                        Map.of("goose.broker.main.url", "", "goose.broker.main.nodes", "a:26379,b:26379"),
                        "GOOSE-2026: goose.broker.main.nodes is set, but neither goose.broker.main.url nor"
                                + " goose.broker.main.kind says what kind of broker these are; set for example"
                                + " goose.broker.main.kind=redis"),
                mistake("aListedBrokerHasNoSettings", "goose.brokers", "main,reports", """
                        GOOSE-2001: broker 'reports' has no settings: none of goose.broker.reports.url, goose.broker.reports.datasource and goose.broker.reports.kind is set; set for example
                             goose.broker.reports.url=redis://localhost:6379
                           or, in a server that has a database,
                             goose.broker.reports.datasource=java:comp/DefaultDataSource
                           or, for tests only,
                             goose.broker.reports.kind=memory"""),
                mistake(
                        "aBrokersNameHasAnUpperCaseLetter",
                        "goose.brokers",
                        "main,readReplica",
                        "GOOSE-2002: goose.brokers=main,readReplica has 'readReplica', which is no broker name; write a"
                                + " lower-case letter, then lower-case letters and digits, so that environment variables"
                                + " can name it too"),
                mistake(
                        "aBrokersNameIsEmpty",
                        "goose.brokers",
                        "main,",
                        "GOOSE-2002: goose.brokers=main, has '', which is no broker name; write a lower-case letter, then"
                                + " lower-case letters and digits, so that environment variables can name it too"),
                mistake(
                        "aBrokerIsListedTwice",
                        "goose.brokers",
                        "main,main",
                        "GOOSE-2003: goose.brokers=main,main names 'main' twice; keep one of them"),
                mistake(
                        "theDefaultBrokerIsNotListed",
                        "goose.default-broker",
                        "mian",
                        "GOOSE-2004: goose.default-broker=mian is not in goose.brokers=main; add it there, or set"
                                + " goose.default-broker to one of them; did you mean main?"),
                mistake(
                        "aDurationIsNone",
                        "goose.worker.grace",
                        "20s",
                        "GOOSE-2005: goose.worker.grace=20s is no duration; write it in ISO-8601, for example PT20S"),
                mistake(
                        "theGraceIsNegative",
                        "goose.worker.grace",
                        "PT-1S",
                        "GOOSE-2006: goose.worker.grace=PT-1S is out of range; set it to PT0S … PT1H (default PT20S)"),
                mistake(
                        "theHeartbeatIsTooShort",
                        "goose.worker.heartbeat",
                        "PT0.001S",
                        "GOOSE-2006: goose.worker.heartbeat=PT0.001S is out of range; set it to PT0.1S … PT5M (default PT5S)"),
                mistake(
                        "theLeaseIsTooLong",
                        "goose.worker.lease",
                        "P1D",
                        "GOOSE-2006: goose.worker.lease=P1D is out of range; set it to PT0.3S … PT1H (default PT30S)"),
                mistake(
                        "theLookaheadIsTooLong",
                        "goose.worker.lookahead",
                        "PT1M",
                        "GOOSE-2006: goose.worker.lookahead=PT1M is out of range; set it to PT0.001S … PT10S (default PT0.02S)"),
                mistake(
                        "theDedupeRetentionIsTooShort",
                        "goose.dedupe.retention",
                        "PT1S",
                        "GOOSE-2006: goose.dedupe.retention=PT1S is out of range; set it to PT1M … P7D (default PT1H)"),
                mistake(
                        "thePatienceWithUnknownJobsIsZero",
                        "goose.unknown.patience",
                        "PT0S",
                        "GOOSE-2006: goose.unknown.patience=PT0S is out of range; set it to PT1S … P30D (default PT1H)"),
                mistake(
                        "theDeadAreKeptTooShort",
                        "goose.dead.max-age",
                        "PT1M",
                        "GOOSE-2006: goose.dead.max-age=PT1M is out of range; set it to PT1H … P36500D (default P90D)"),
                mistake(
                        "aNumberIsNone",
                        "goose.worker.threads",
                        "many",
                        "GOOSE-2007: goose.worker.threads=many is no whole number; write one of 1 … 1000 (default 5)"),
                mistake(
                        "aNumberIsNotWhole",
                        "goose.retry.max",
                        "2.5",
                        "GOOSE-2007: goose.retry.max=2.5 is no whole number; write one of 0 … 2147483647 (default 27)"),
                mistake(
                        "thereAreNoThreads",
                        "goose.worker.threads",
                        "0",
                        "GOOSE-2008: goose.worker.threads=0 is out of range; set it to 1 … 1000 (default 5)"),
                mistake(
                        "theRetriesAreNegative",
                        "goose.retry.max",
                        "-1",
                        "GOOSE-2008: goose.retry.max=-1 is out of range; set it to 0 … 2147483647 (default 27)"),
                mistake(
                        "aNumberIsBeyondAllNumbers",
                        "goose.dead.max",
                        "99999999999",
                        "GOOSE-2008: goose.dead.max=99999999999 is out of range; set it to 1 … 100000000 (default 100000)"),
                mistake(
                        "jobsMayHaveNoSize",
                        "goose.job.max-size",
                        "10",
                        "GOOSE-2008: goose.job.max-size=10 is out of range; set it to 1024 … 67108864 (default 262144)"),
                mistake(
                        "aTimeoutIsNone",
                        "goose.job.timeout",
                        "5m",
                        "GOOSE-2005: goose.job.timeout=5m is no duration; write it in ISO-8601, for example PT0S"),
                mistake(
                        "theGraceOfACancellationIsTooLong",
                        "goose.cancel.grace",
                        "PT2H",
                        "GOOSE-2006: goose.cancel.grace=PT2H is out of range; set it to PT0S … PT1H (default PT0S)"),
                mistake(
                        "aSwitchIsNeitherOnNorOff",
                        "goose.worker.enabled",
                        "yes",
                        "GOOSE-2009: goose.worker.enabled=yes is not known; write true or false (default true)"),
                mistake(
                        "theStartIsUnknown",
                        "goose.worker.start",
                        "manuel",
                        "GOOSE-2009: goose.worker.start=manuel is not known; write auto or manual (default auto); did you"
                                + " mean manual?"),
                mistake(
                        "theOrderIsUnknown",
                        "goose.worker.order",
                        "random",
                        "GOOSE-2009: goose.worker.order=random is not known; write weighted or strict (default weighted)"),
                mistake(
                        "theKindIsUnknown",
                        "goose.broker.main.kind",
                        "stor",
                        "GOOSE-2010: goose.broker.main.kind=stor is no kind of broker; write one of [memory, store]; did you"
                                + " mean store?"),
                mistake(
                        "theLeaseIsUnderThreeHeartbeats",
                        "goose.worker.lease",
                        "PT10S",
                        "GOOSE-2011: goose.worker.lease=PT10S is too short for goose.worker.heartbeat=PT5S: a worker that"
                                + " misses a beat would lose its jobs; set goose.worker.lease to PT15S or more, or"
                                + " goose.worker.heartbeat to PT3.333333333S or less"),
                mistake(
                        "theReadinessIsUnderTwoHeartbeats",
                        "goose.health.readiness.broker",
                        "PT9.9S",
                        "GOOSE-2040: goose.health.readiness.broker=PT9.9S is too short for goose.worker.heartbeat=PT5S: a broker"
                                + " that is well is heard of once in each heartbeat; set goose.health.readiness.broker to"
                                + " PT10S or more, or goose.worker.heartbeat to PT4.95S or less"),
                mistake(
                        "anOutboxIsNoBroker",
                        "goose.broker.main.outbox",
                        "db",
                        "GOOSE-2034: goose.broker.main.outbox=db is no other broker of goose.brokers=main; name a JDBC"
                                + " broker among them"),
                mistake(
                        "anOutboxIsTheBrokerItself",
                        "goose.broker.main.outbox",
                        "main",
                        "GOOSE-2034: goose.broker.main.outbox=main is no other broker of goose.brokers=main; name a JDBC"
                                + " broker among them"),
                mistake(
                        "anOutboxNeedsJdbc",
                        "goose.outbox.datasource",
                        "jdbc/shop",
                        "GOOSE-2032: goose.outbox.datasource=jdbc/shop needs a JDBC broker, and none is here; write one of"
                                + " [memory, store]"),
                new Mistake(
                        "theEmbeddedDefaultNeedsJdbc",
                        Map.of("goose.broker.main.url", "", "goose.embedded", "true"),
                        "GOOSE-2032: goose.embedded=true needs a JDBC broker, and none is here; write one of"
                                + " [memory, store]"),
                mistake(
                        "embeddedIsNeitherTrueNorFalse",
                        "goose.embedded",
                        "yes",
                        "GOOSE-2009: goose.embedded=yes is not known; write true or false (default false)"),
                new Mistake(
                        "anOutboxIsABrokerAlready",
                        Map.of(
                                "goose.brokers", "main,outbox",
                                "goose.broker.outbox.url", "store://x",
                                "goose.outbox.datasource", "jdbc/shop"),
                        "GOOSE-2033: goose.outbox.datasource=jdbc/shop is itself a broker called 'outbox', which is in"
                                + " goose.brokers too; rename that one, or name it in goose.broker.<n>.outbox instead"),
                mistake(
                        "aQueueEntryHasTwoWeights",
                        "goose.worker.queues",
                        "a:1:2",
                        "GOOSE-2012: goose.worker.queues=a:1:2 has the entry 'a:1:2'; write queue:weight, or the queue alone"
                                + " for weight 1"),
                mistake(
                        "aQueueHasNoName",
                        "goose.worker.queues",
                        "a,:2",
                        "GOOSE-2012: goose.worker.queues=a,:2 has the entry ':2', which is no queue name: it is empty; give"
                                + " it 1 to 199 characters"),
                mistake(
                        "aQueueNameHasBraces",
                        "goose.worker.queues",
                        "{a}",
                        "GOOSE-2012: goose.worker.queues={a} has the entry '{a}', which is no queue name: it has white space,"
                                + " a control character or one of {}*,: at position 0; leave it out"),
                mistake(
                        "aWeightIsZero",
                        "goose.worker.queues",
                        "a:0",
                        "GOOSE-2012: goose.worker.queues=a:0 gives queue 'a' the weight '0'; write a whole number of 1 … 1000"),
                mistake(
                        "aWeightIsNoNumber",
                        "goose.worker.queues",
                        "a:high",
                        "GOOSE-2012: goose.worker.queues=a:high gives queue 'a' the weight 'high'; write a whole number of 1 …"
                                + " 1000"),
                mistake(
                        "aQueueIsServedTwice",
                        "goose.worker.queues",
                        "a:1,b,a:2",
                        "GOOSE-2013: goose.worker.queues=a:1,b,a:2 names queue 'a' twice; keep one of them"),
                mistake(
                        "theDefaultBrokersWorkerIsDescribedTwice",
                        "goose.broker.main.worker.queues",
                        "a",
                        "GOOSE-2015: goose.broker.main.worker.queues is set, but 'main' is the default broker, whose worker is"
                                + " described by goose.worker.queues; set that instead"),
                mistake(
                        "theDefaultBrokersThreadsAreDescribedTwice",
                        "goose.broker.main.worker.threads",
                        "2",
                        "GOOSE-2015: goose.broker.main.worker.threads is set, but 'main' is the default broker, whose worker"
                                + " is described by goose.worker.threads; set that instead"),
                mistake(
                        "theNamespaceHasASpace",
                        "goose.namespace",
                        "my app",
                        "GOOSE-2017: goose.namespace=my app cannot be a prefix on every broker; write 1 to 64 of A-Z a-z 0-9 ."
                                + " _ - beginning with a letter or digit"),
                mistake(
                        "theAddressHasNoScheme",
                        "goose.broker.main.url",
                        "localhost",
                        "GOOSE-2018: goose.broker.main.url=localhost has no scheme; write for example redis://host:6379"),
                mistake(
                        "theAddressBeginsWithAUser",
                        "goose.broker.main.url",
                        "ann:hunter2@host:6379",
                        "GOOSE-2018: goose.broker.main.url=***@host:6379 has no scheme; write for example redis://host:6379"),
                mistake(
                        "theAddressBeginsWithAPassword",
                        "goose.broker.main.url",
                        ":hunter2@host",
                        "GOOSE-2018: goose.broker.main.url=***@host has no scheme; write for example redis://host:6379"),
                mistake(
                        "thePasswordHasASlash",
                        "goose.broker.main.url",
                        "http://ann:hun/ter2@host",
                        "GOOSE-2018: goose.broker.main.url=http://***@host has the scheme 'http', which no broker here"
                                + " understands; write one of [store, stores], or set goose.broker.main.kind to one of"
                                + " [memory, store]"),
                mistake(
                        "theQueryHasAnAt",
                        "goose.broker.main.url",
                        "http://host/?token=hunt@er2",
                        "GOOSE-2018: goose.broker.main.url=http://*** has the scheme 'http', which no broker here"
                                + " understands; write one of [store, stores], or set goose.broker.main.kind to one of"
                                + " [memory, store]"),
                mistake(
                        "nobodyUnderstandsTheScheme",
                        "goose.broker.main.url",
                        "http://ann:pw@host/?token=1",
                        "GOOSE-2018: goose.broker.main.url=http://***@host/?*** has the scheme 'http', which no broker here"
                                + " understands; write one of [store, stores], or set goose.broker.main.kind to one of"
                                + " [memory, store]"),
                new Mistake(
                        "theKindContradictsTheAddress",
                        Map.of("goose.broker.main.kind", "store", "goose.broker.main.url", "http://ann:pw@host"),
                        "GOOSE-2020: goose.broker.main.kind=store contradicts goose.broker.main.url=http://***@host, whose"
                                + " scheme is none of [store, stores]; remove the kind or correct the address"),
                new Mistake(
                        "aBrokerInMemoryHasAnAddress",
                        Map.of("goose.broker.main.kind", "memory"),
                        "GOOSE-2020: goose.broker.main.kind=memory contradicts goose.broker.main.url=store://host, whose"
                                + " scheme is that of a store broker; remove the kind or correct the address"),
                mistake(
                        "aKeyIsMisspelt",
                        "goose.worker.treads",
                        "5",
                        "GOOSE-2021: goose.worker.treads in the given settings is not known: did you mean"
                                + " goose.worker.threads?"),
                mistake(
                        "aKeyIsLikeNoOther",
                        "goose.colour",
                        "white",
                        "GOOSE-2021: goose.colour in the given settings is not known: correct it or remove it"),
                mistake(
                        "aBrokersKeyIsMisspelt",
                        "goose.broker.main.pasword",
                        "secret",
                        "GOOSE-2021: goose.broker.main.pasword in the given settings is not known: did you mean"
                                + " goose.broker.main.password?"),
                mistake(
                        "aKeyIsOfABrokerThatIsNotListed",
                        "goose.broker.reports.url",
                        "store://x",
                        "GOOSE-2021: goose.broker.reports.url in the given settings is not known: no broker 'reports' is in"
                                + " goose.brokers=main; add it there or remove this key"),
                new Mistake(
                        "aKeyIsOfAnotherKindOfBroker",
                        Map.of(
                                "goose.broker.main.url", "",
                                "goose.broker.main.kind", "memory",
                                "goose.broker.main.durability", "memory"),
                        "GOOSE-2021: goose.broker.main.durability in the given settings is not known: a memory broker does not"
                                + " read it; remove it"),
                mistake(
                        "theKindOfBrokerFindsFault",
                        "goose.broker.main.durability",
                        "eternal",
                        "STORE-1: goose.broker.main.durability=eternal"),
                new Mistake(
                        "anotherBrokersQueuesAreBad",
                        Map.of(
                                "goose.brokers", "main,reports",
                                "goose.broker.reports.url", "store://x",
                                "goose.broker.reports.worker.queues", "a b"),
                        "GOOSE-2012: goose.broker.reports.worker.queues=a b has the entry 'a b', which is no queue name: it has"
                                + " white space, a control character or one of {}*,: at position 1; leave it out"),
                new Mistake(
                        "anotherBrokersThreadsAreBad",
                        Map.of(
                                "goose.brokers", "main,reports",
                                "goose.broker.reports.url", "store://x",
                                "goose.broker.reports.worker.threads", "-4"),
                        "GOOSE-2008: goose.broker.reports.worker.threads=-4 is out of range; set it to 1 … 1000 (default 5)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void isReported(Mistake mistake) {
        SettingsReport report = GooseSettings.read(SettingsSource.of(settings(mistake.settings())), KINDS);
        assertThat(report.problems()).containsExactly(mistake.message());
        assertThat(report.settings()).isNull();
    }

    private static Map<String, String> settings(Map<String, String> changes) {
        Map<String, String> settings = new HashMap<>(Map.of("goose.broker.main.url", "store://host"));
        settings.putAll(changes);
        settings.values().removeIf(String::isEmpty);
        return settings;
    }

    @Test
    void twoKindsOfOneScheme_areReported() {
        List<BrokerFactory> kinds = List.of(StoreFactory.STORE, new StoreFactory("other", Set.of("stores")));
        SettingsReport report = GooseSettings.read(SettingsSource.of(settings(Map.of())), kinds);
        assertThat(report.problems())
                .containsExactly(
                        "GOOSE-2016: io.goose.engine.config.StoreFactory and io.goose.engine.config.StoreFactory"
                                + " both make brokers of stores:// addresses; remove one of them");
    }

    /** Of those whose settings are right: where there is no worker, nothing is wrong. */
    @Test
    void aWorkerThatBeatsTooSeldomForItsBroker_isReported() {
        BrokerFactory hasty = new StoreFactory("hasty", Set.of("hasty")) {
            @Override
            public List<String> problemsOfWorker(BrokerSettings settings, Duration heartbeat) {
                return List.of(settings.keyName("nodes") + ": " + heartbeat);
            }
        };
        Map<String, String> settings = Map.of(
                "goose.worker.heartbeat", "PT2S",
                "goose.health.readiness.broker", "PT4S",
                "goose.brokers", "main,reports,mails,wrong",
                "goose.broker.main.url", "hasty://a",
                "goose.broker.mails.url", "hasty://b",
                "goose.broker.mails.worker.threads", "1",
                "goose.broker.reports.url", "hasty://c",
                "goose.broker.wrong.url", "hasty://d",
                "goose.broker.wrong.durability", "eternal",
                "goose.broker.wrong.worker.threads", "1");
        assertThat(GooseSettings.read(SettingsSource.of(settings), List.of(hasty))
                        .problems())
                .containsExactlyInAnyOrder(
                        "goose.broker.main.nodes: PT2S",
                        "goose.broker.mails.nodes: PT2S",
                        "STORE-1: goose.broker.wrong.durability=eternal");

        Map<String, String> withoutWorkers = new HashMap<>(settings);
        withoutWorkers.put("goose.worker.enabled", "false");
        withoutWorkers.put("goose.health.readiness.broker", "PT1S");
        assertThat(GooseSettings.read(SettingsSource.of(withoutWorkers), List.of(hasty))
                        .problems())
                .containsExactly("STORE-1: goose.broker.wrong.durability=eternal");
    }

    @Test
    void aKindWithoutItsLibrary_isReportedLikeAnyMistake() {
        BrokerFactory incomplete = new StoreFactory("store", Set.of("store")) {
            @Override
            public List<String> problems(BrokerSettings settings) {
                throw new NoClassDefFoundError("com/example/StoreClient");
            }
        };
        SettingsReport report = GooseSettings.read(
                SettingsSource.of(settings(Map.of("goose.worker.threads", "0"))), List.of(incomplete));
        assertThat(report.problems())
                .containsExactlyInAnyOrder(
                        "GOOSE-2027: broker 'main' cannot be made: its kind, store, lacks a class"
                                + " (java.lang.NoClassDefFoundError: com/example/StoreClient); add the library that has it",
                        "GOOSE-2008: goose.worker.threads=0 is out of range; set it to 1 … 1000 (default 5)");
    }

    @Test
    void aFactoryThatCannotSayWhatItMakes_isReportedLikeAnyMistake() {
        BrokerFactory broken = new StoreFactory("broken", Set.of()) {
            @Override
            public Set<String> keys() {
                throw new IllegalStateException("no licence");
            }
        };
        BrokerFactory nameless = new StoreFactory(null, Set.of()) {};
        SettingsReport report = GooseSettings.read(
                SettingsSource.of(settings(Map.of("goose.worker.threads", "0"))),
                List.of(broken, nameless, StoreFactory.STORE));
        assertThat(report.problems())
                .containsExactlyInAnyOrder(
                        "GOOSE-2030: the broker factory " + broken.getClass().getName()
                                + " cannot say what it makes (java.lang.IllegalStateException: no licence); mend it or"
                                + " remove it",
                        "GOOSE-2030: the broker factory " + nameless.getClass().getName()
                                + " cannot say what it makes (java.lang.NullPointerException: kind); mend it or remove it",
                        "GOOSE-2008: goose.worker.threads=0 is out of range; set it to 1 … 1000 (default 5)");
    }

    @Test
    void aFactoryThatFailsAtItsSettings_isReportedLikeAnyMistake() {
        BrokerFactory failing = new StoreFactory("store", Set.of("store")) {
            @Override
            public List<String> problems(BrokerSettings settings) {
                throw new IllegalStateException("no licence");
            }
        };
        SettingsReport report =
                GooseSettings.read(SettingsSource.of(settings(Map.of("goose.worker.threads", "0"))), List.of(failing));
        assertThat(report.problems())
                .containsExactlyInAnyOrder(
                        "GOOSE-2030: the settings of broker 'main' cannot be checked: "
                                + failing.getClass().getName()
                                + " failed (java.lang.IllegalStateException: no licence); mend it or remove it",
                        "GOOSE-2008: goose.worker.threads=0 is out of range; set it to 1 … 1000 (default 5)");
    }

    @Test
    void allMistakes_areReportedTogether() {
        SettingsReport report = GooseSettings.read(
                SettingsSource.of(settings(Map.of(
                        "goose.default-broker", "second",
                        "goose.worker.lease", "PT6S",
                        "goose.worker.queues", "a:x",
                        "goose.broker.main.durability", "eternal",
                        "goose.worker.tread", "1"))),
                KINDS);
        assertThat(report.problems())
                .extracting(problem -> problem.substring(0, problem.indexOf(':')))
                .containsExactlyInAnyOrder("GOOSE-2004", "GOOSE-2011", "GOOSE-2012", "STORE-1", "GOOSE-2021");
    }
}
