package io.goose.engine.config;

import java.util.Set;
import java.util.TreeSet;

/** The names of the configuration's keys. */
final class Keys {

    static final String PREFIX = "goose.";
    static final String BROKERS = "goose.brokers";
    static final String DEFAULT_BROKER = "goose.default-broker";
    static final String BROKER_PREFIX = "goose.broker.";
    static final String NAMESPACE = "goose.namespace";
    static final String RETRY_MAX = "goose.retry.max";
    static final String MAX_SIZE = "goose.job.max-size";
    static final String JOB_TIMEOUT = "goose.job.timeout";
    static final String CANCEL_GRACE = "goose.cancel.grace";
    static final String LIMITS = "goose.limits";
    static final String STUCK_AFTER = "goose.stuck.after";
    static final String RESULT_RETENTION = "goose.result.retention";
    static final String DEDUPE_RETENTION = "goose.dedupe.retention";
    static final String UNKNOWN_PATIENCE = "goose.unknown.patience";
    static final String TRANSACTION = "goose.transaction";
    static final String TRANSACTION_TIMEOUT = "goose.transaction.timeout";
    static final String EMBEDDED = "goose.embedded";
    static final String OUTBOX_DATASOURCE = "goose.outbox.datasource";
    static final String DEAD_MAX = "goose.dead.max";
    static final String DEAD_MAX_AGE = "goose.dead.max-age";
    static final String LOG_ARGUMENTS = "goose.log.arguments";
    static final String READINESS_BROKER = "goose.health.readiness.broker";
    static final String METRICS_SINKS = "goose.metrics.sinks";
    static final String METRICS_INTERVAL = "goose.metrics.interval";
    static final String STATSD_ADDRESS = "goose.metrics.statsd.address";
    static final String STATSD_PREFIX = "goose.metrics.statsd.prefix";
    static final String STATSD_FORMAT = "goose.metrics.statsd.format";
    static final String STATSD_SAMPLE_RATE = "goose.metrics.statsd.sample-rate";
    static final String STATSD_TAGS = "goose.metrics.statsd.tags";

    static final String WORKER_ENABLED = "goose.worker.enabled";
    static final String WORKER_START = "goose.worker.start";
    static final String WORKER_QUEUES = "goose.worker.queues";
    static final String WORKER_ORDER = "goose.worker.order";
    static final String WORKER_THREADS = "goose.worker.threads";
    static final String WORKER_LOOKAHEAD = "goose.worker.lookahead";
    static final String WORKER_GRACE = "goose.worker.grace";
    static final String WORKER_HEARTBEAT = "goose.worker.heartbeat";
    static final String WORKER_LEASE = "goose.worker.lease";
    static final String THREAD_FACTORY = "goose.worker.thread-factory";

    // Under goose.broker.<name>.
    static final String URL = "url";
    static final String KIND = "kind";
    static final String OUTBOX = "outbox";
    static final String LEDGER = "ledger";
    static final String TRACK = "track";
    static final String QUEUES = "worker.queues";
    static final String THREADS = "worker.threads";

    /** The keys that are not of one broker. */
    static final Set<String> GLOBAL = Set.of(
            BROKERS,
            DEFAULT_BROKER,
            NAMESPACE,
            RETRY_MAX,
            MAX_SIZE,
            JOB_TIMEOUT,
            CANCEL_GRACE,
            STUCK_AFTER,
            LIMITS,
            RESULT_RETENTION,
            DEDUPE_RETENTION,
            UNKNOWN_PATIENCE,
            TRANSACTION,
            TRANSACTION_TIMEOUT,
            OUTBOX_DATASOURCE,
            EMBEDDED,
            DEAD_MAX,
            DEAD_MAX_AGE,
            READINESS_BROKER,
            METRICS_SINKS,
            METRICS_INTERVAL,
            STATSD_ADDRESS,
            STATSD_PREFIX,
            STATSD_FORMAT,
            STATSD_SAMPLE_RATE,
            STATSD_TAGS,
            LOG_ARGUMENTS,
            WORKER_ENABLED,
            WORKER_START,
            WORKER_QUEUES,
            WORKER_ORDER,
            WORKER_THREADS,
            WORKER_LOOKAHEAD,
            WORKER_GRACE,
            WORKER_HEARTBEAT,
            WORKER_LEASE,
            THREAD_FACTORY);

    /** What every broker reads, whatever its kind, under its own prefix. */
    static final Set<String> OF_ANY_BROKER = Set.of(URL, KIND, QUEUES, THREADS, OUTBOX, LEDGER, TRACK);

    private Keys() {}

    /** The full name of a broker's key. */
    static String of(String broker, String key) {
        return BROKER_PREFIX + broker + "." + key;
    }

    /** The keys of a broker whose kind reads {@code specific}. */
    static Set<String> ofBroker(Set<String> specific) {
        Set<String> keys = new TreeSet<>(specific);
        keys.addAll(OF_ANY_BROKER);
        return keys;
    }
}
