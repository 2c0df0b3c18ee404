package io.goose.engine;

import io.goose.engine.handler.DeclaredLimit;
import io.goose.engine.run.RunLimits;
import io.goose.engine.transaction.TransactionMode;
import io.goose.engine.worker.WorkerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the configuration says to the engine.
 *
 * @param defaultBroker the broker of calls that name none
 * @param workers the worker of each broker that has one, by broker name
 * @param autoStart whether {@link Engine#start} starts the workers
 * @param retryMax retries where neither call nor annotation says, {@code goose.retry.max}
 * @param maxJobSize the largest envelope in bytes, {@code goose.job.max-size}
 * @param transaction what an enqueue inside a transaction means, {@code goose.transaction}
 * @param transactionTimeout of the transactions of transactional jobs, {@code goose.transaction.timeout}
 * @param limits how long runs may take
 * @param queueLimits what is declared for queues and keys, {@code goose.limits}
 * @param resultRetention how long results are kept where neither call nor annotation says, {@code goose.result.retention}
 * @param outboxes the broker that has the outbox of another, by that one's name
 * @param logArguments whether the arguments of jobs that fail are logged, {@code goose.log.arguments}
 */
public record EngineSettings(
        String defaultBroker,
        Map<String, WorkerSettings> workers,
        boolean autoStart,
        int retryMax,
        int maxJobSize,
        TransactionMode transaction,
        Duration transactionTimeout,
        RunLimits limits,
        List<DeclaredLimit> queueLimits,
        Duration resultRetention,
        Map<String, String> outboxes,
        boolean logArguments) {

    public static final Duration DEFAULT_RESULT_RETENTION = Duration.ofHours(1);

    public static final Duration DEFAULT_TRANSACTION_TIMEOUT = Duration.ofMinutes(10);

    public static final int DEFAULT_MAX_JOB_SIZE = 262_144;

    public EngineSettings {
        Objects.requireNonNull(defaultBroker, "defaultBroker");
        Objects.requireNonNull(transaction, "transaction");
        Objects.requireNonNull(transactionTimeout, "transactionTimeout");
        Objects.requireNonNull(resultRetention, "resultRetention");
        Objects.requireNonNull(limits, "limits");
        queueLimits = List.copyOf(queueLimits);
        outboxes = Map.copyOf(outboxes);
        workers = Map.copyOf(workers);
    }
}
