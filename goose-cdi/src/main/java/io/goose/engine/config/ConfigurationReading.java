package io.goose.engine.config;

import io.goose.RetryPolicy;
import io.goose.engine.EngineSettings;
import io.goose.engine.config.GooseSettings.ConfiguredBroker;
import io.goose.engine.run.RunLimits;
import io.goose.engine.transaction.TransactionMode;
import io.goose.engine.worker.WorkerSettings;
import io.goose.spi.BrokerFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One reading of the whole configuration. */
final class ConfigurationReading {

    private static final Pattern BROKER_NAME = Pattern.compile("[a-z][a-z0-9]*");
    private static final String MAIN = "main";

    /** The broker that a data source for outboxes makes. */
    private static final String OUTBOX = "outbox";

    private static final int SILENCE_IN_HEARTBEATS = 2;
    private static final int MIN_JOB_SIZE = 1_024;
    private static final int MAX_JOB_SIZE = 64 * 1_024 * 1_024;

    private final SettingsSource source;
    private final BrokerKinds kinds;
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final SettingsReader values;

    ConfigurationReading(SettingsSource source, Collection<BrokerFactory> factories) {
        this.source = source;
        this.values = new SettingsReader(source, problems);
        this.kinds = BrokerKinds.of(factories, problems);
    }

    SettingsReport report() {
        Set<String> names = brokerNames();
        String defaultBroker = defaultBroker(names);
        Map<String, ConfiguredBroker> brokers = new TreeMap<>();
        BrokerReader reader = new BrokerReader(values, kinds, warnings, names.size() == 1);
        names.forEach(name -> reader.read(name).ifPresent(broker -> brokers.put(name, broker)));
        Set<String> all = new LinkedHashSet<>(names);
        values.text(Keys.OUTBOX_DATASOURCE).ifPresent(datasource -> {
            if (all.add(OUTBOX)) {
                reader.readOverDataSource(OUTBOX, datasource).ifPresent(broker -> brokers.put(OUTBOX, broker));
            } else {
                problems.add("GOOSE-2033: " + Keys.OUTBOX_DATASOURCE + "=" + datasource + " is itself a broker called '"
                        + OUTBOX + "', which is in " + Keys.BROKERS + " too; rename that one, or name it in "
                        + Keys.of("<n>", Keys.OUTBOX) + " instead");
            }
        });
        WorkerReader worker = new WorkerReader(values);
        Map<String, WorkerSettings> workers = workers(worker, names, defaultBroker);
        brokers.forEach((name, broker) -> {
            if (workers.containsKey(name)) {
                reader.checkWorker(name, broker.settings(), worker.heartbeat());
            }
        });
        Map<String, String> ledgers = new LedgerReader(values, reader, kinds).read(names, brokers);
        all.addAll(brokers.keySet());
        EngineSettings engine = new EngineSettings(
                defaultBroker,
                workers,
                "auto".equals(values.choice(Keys.WORKER_START, "auto", List.of("auto", "manual"))),
                values.number(Keys.RETRY_MAX, RetryPolicy.DEFAULT_MAX, 0, Integer.MAX_VALUE),
                values.number(Keys.MAX_SIZE, EngineSettings.DEFAULT_MAX_JOB_SIZE, MIN_JOB_SIZE, MAX_JOB_SIZE),
                transaction(),
                values.duration(
                        Keys.TRANSACTION_TIMEOUT,
                        EngineSettings.DEFAULT_TRANSACTION_TIMEOUT,
                        Duration.ofSeconds(1),
                        Duration.ofDays(1)),
                limits(),
                new LimitReader(values).read(),
                values.duration(
                        Keys.RESULT_RETENTION,
                        EngineSettings.DEFAULT_RESULT_RETENTION,
                        Duration.ofSeconds(1),
                        Duration.ofDays(3650)),
                outboxes(names, all, reader.kindOfEach(), ledgers),
                values.flag(Keys.LOG_ARGUMENTS, false));
        String threadFactory = values.text(Keys.THREAD_FACTORY).orElse(GooseSettings.DEFAULT_THREAD_FACTORY);
        GooseSettings.Watching watching = watching(worker.heartbeat(), !workers.isEmpty());
        new UnknownKeys(source, kinds, reader.kindOfEach(), all).check(problems, warnings);
        GooseSettings settings =
                problems.isEmpty() ? new GooseSettings(engine, brokers, threadFactory, watching) : null;
        return new SettingsReport(settings, all, problems, warnings);
    }

    private GooseSettings.Watching watching(Duration heartbeat, boolean works) {
        return new GooseSettings.Watching(
                values.isSet(Keys.READINESS_BROKER) ? longestSilence(heartbeat, works) : null,
                new MetricsReader(values).read());
    }

    /** Between two beats nothing is heard of a broker that is well, and a beat may be late. */
    private Duration longestSilence(Duration heartbeat, boolean works) {
        Duration example = heartbeat.multipliedBy(SILENCE_IN_HEARTBEATS * 3L);
        Duration longest = values.duration(Keys.READINESS_BROKER, example, Duration.ofSeconds(1), Duration.ofDays(365));
        Duration least = heartbeat.multipliedBy(SILENCE_IN_HEARTBEATS);
        if (works && longest.compareTo(least) < 0) {
            problems.add("GOOSE-2040: " + Keys.READINESS_BROKER + "=" + longest + " is too short for "
                    + Keys.WORKER_HEARTBEAT + "=" + heartbeat
                    + ": a broker that is well is heard of once in each heartbeat; set " + Keys.READINESS_BROKER
                    + " to " + least + " or more, or " + Keys.WORKER_HEARTBEAT + " to "
                    + longest.dividedBy(SILENCE_IN_HEARTBEATS) + " or less");
        }
        return longest;
    }

    private RunLimits limits() {
        RunLimits otherwise = RunLimits.DEFAULT;
        Duration longest = Duration.ofDays(365);
        return new RunLimits(
                values.duration(Keys.JOB_TIMEOUT, otherwise.timeout(), Duration.ZERO, longest),
                values.duration(Keys.CANCEL_GRACE, otherwise.cancelGrace(), Duration.ZERO, Duration.ofHours(1)),
                values.duration(Keys.STUCK_AFTER, otherwise.stuckAfter(), Duration.ZERO, longest));
    }

    private TransactionMode transaction() {
        return switch (values.choice(
                Keys.TRANSACTION, "auto", List.of("auto", "outbox", "after-commit", "immediate"))) {
            case "outbox" -> TransactionMode.OUTBOX;
            case "after-commit" -> TransactionMode.AFTER_COMMIT;
            case "immediate" -> TransactionMode.IMMEDIATE;
            default -> TransactionMode.AUTO;
        };
    }

    /** The broker with the outbox of each that has one. */
    private Map<String, String> outboxes(
            Set<String> names, Set<String> all, Map<String, BrokerKind> kindOfEach, Map<String, String> ledgers) {
        Map<String, String> outboxes = new TreeMap<>();
        boolean isForAll = values.text(Keys.OUTBOX_DATASOURCE).isPresent() && !names.contains(OUTBOX);
        for (String name : names) {
            String key = Keys.of(name, Keys.OUTBOX);
            Optional<String> named = values.text(key);
            BrokerKind kind = kindOfEach.get(name);
            if (named.isPresent() && (!all.contains(named.get()) || named.get().equals(name))) {
                problems.add("GOOSE-2034: " + key + "=" + named.get() + " is no other broker of " + Keys.BROKERS + "="
                        + String.join(",", all) + "; name a JDBC broker among them"
                        + Spelling.nearest(named.get(), others(all, name))
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
            } else if (named.isPresent()) {
                outboxes.put(name, named.get());
            } else if (isForAll && kind != null && !isJdbc(kind)) {
                outboxes.put(name, OUTBOX);
            } else {
                String ledger = ledgers.getOrDefault(name, "");
                if (isJdbc(kindOfEach.get(ledger))) {
                    outboxes.put(name, ledger);
                }
            }
        }
        return outboxes;
    }

    private static boolean isJdbc(@Nullable BrokerKind kind) {
        return kind != null && kind.name().equals("jdbc");
    }

    private static Set<String> others(Set<String> all, String name) {
        Set<String> others = new LinkedHashSet<>(all);
        others.remove(name);
        return others;
    }

    private Set<String> brokerNames() {
        Set<String> names = new LinkedHashSet<>();
        String text = values.text(Keys.BROKERS).orElse(MAIN);
        for (String entry : text.split(",", -1)) {
            String name = entry.strip();
            if (!BROKER_NAME.matcher(name).matches()) {
                problems.add("GOOSE-2002: " + Keys.BROKERS + "=" + text + " has '" + name
                        + "', which is no broker name; write a lower-case letter, then lower-case letters and digits,"
                        + " so that environment variables can name it too");
            } else if (!names.add(name)) {
                problems.add(
                        "GOOSE-2003: " + Keys.BROKERS + "=" + text + " names '" + name + "' twice; keep one of them");
            }
        }
        return names;
    }

    private String defaultBroker(Set<String> names) {
        String otherwise = names.contains(MAIN) || names.isEmpty()
                ? MAIN
                : names.iterator().next();
        String name = values.text(Keys.DEFAULT_BROKER).orElse(names.size() == 1 ? otherwise : MAIN);
        if (names.isEmpty() || names.contains(name)) {
            return name;
        }
        problems.add("GOOSE-2004: " + Keys.DEFAULT_BROKER + "=" + name + " is not in " + Keys.BROKERS + "="
                + String.join(",", names) + "; add it there, or set " + Keys.DEFAULT_BROKER + " to one of them"
                + Spelling.nearest(name, names)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse(""));
        return otherwise;
    }

    private Map<String, WorkerSettings> workers(WorkerReader reader, Set<String> names, String defaultBroker) {
        Map<String, WorkerSettings> workers = new TreeMap<>();
        boolean enabled = values.flag(Keys.WORKER_ENABLED, true);
        for (String name : names) {
            String queues = Keys.of(name, Keys.QUEUES);
            String threads = Keys.of(name, Keys.THREADS);
            if (name.equals(defaultBroker)) {
                refuseOnDefault(queues, Keys.WORKER_QUEUES, name);
                refuseOnDefault(threads, Keys.WORKER_THREADS, name);
                workers.put(name, reader.read(Keys.WORKER_QUEUES, Keys.WORKER_THREADS));
            } else if (values.isSet(queues) || values.isSet(threads)) {
                workers.put(name, reader.read(queues, threads));
            }
        }
        return enabled ? workers : Map.of(); // read all the same: a mistake is one on every node
    }

    private void refuseOnDefault(String key, String instead, String broker) {
        if (values.isSet(key)) {
            problems.add("GOOSE-2015: " + key + " is set, but '" + broker
                    + "' is the default broker, whose worker is described by " + instead + "; set that instead");
        }
    }
}
