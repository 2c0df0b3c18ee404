package io.goose.spi;

/**
 * What Goose measures: under a conventional name with a unit, and where the Clojure library has the same, under its name for StatsD.
 *
 * @since 0.1
 */
public enum Metric {
    /** Jobs that were enqueued. Tags: broker, queue, handler. */
    ENQUEUED("goose.jobs.enqueued", "jobs.enqueued", Type.COUNTER),
    /** Jobs that were not, or perhaps. Tags: broker, handler, kind. */
    ENQUEUE_FAILED("goose.jobs.enqueue.failed", "jobs.enqueue_failed", Type.COUNTER),
    /** How long a call waited for the broker. Tags: broker. */
    ENQUEUE_TIME("goose.enqueue.duration", "enqueue.time", Type.TIMER),
    /** Runs, however they ended. Tags: broker, queue, handler. */
    PROCESSED("goose.jobs.processed", "jobs.processed", Type.COUNTER),
    /** Runs that did their job. Tags: broker, queue, handler. */
    SUCCEEDED("goose.jobs.succeeded", "jobs.succeeded", Type.COUNTER),
    /** Runs that failed. Tags: broker, queue, handler. */
    FAILED("goose.jobs.failed", "jobs.failed", Type.COUNTER),
    /** Jobs that failed for the last time. Tags: broker, queue, handler. */
    DIED("goose.jobs.died", "jobs.died", Type.COUNTER),
    /** How long runs took. Tags: broker, queue, handler. */
    EXECUTION_TIME("goose.job.duration", "job.execution_time", Type.TIMER),
    /** How late runs began of jobs that were to run at once. Tags: broker, queue, handler. */
    LATENCY("goose.job.latency", "execution.latency", Type.TIMER),
    /** The same of scheduled jobs. Tags: broker, queue, handler. */
    SCHEDULED_LATENCY("goose.job.scheduled.latency", "scheduled.latency", Type.TIMER),
    /** The same of ticks of recurring jobs. Tags: broker, queue, handler. */
    CRON_LATENCY("goose.job.cron.latency", "cron_scheduled.latency", Type.TIMER),
    /** The same of retries, where the broker says when one was due. Tags: broker, queue, handler. */
    RETRY_LATENCY("goose.job.retry.latency", "retry.latency", Type.TIMER),
    /** Jobs of dead workers that were put back. Tags: broker. */
    RECOVERED("goose.jobs.recovered", "jobs.recovered", Type.COUNTER),
    /** Jobs of dead workers that may have killed them, and run alone next time. Tags: broker. */
    QUARANTINED("goose.jobs.quarantined", "jobs.quarantined", Type.COUNTER),
    /** Jobs that were buried because they killed workers. Tags: broker. */
    POISONED("goose.jobs.poisoned", "jobs.poisoned", Type.COUNTER),
    /** Jobs that were set aside because no worker knows them. Tags: broker, queue. */
    PARKED("goose.jobs.parked", "jobs.parked", Type.COUNTER),
    /** Batches of which all jobs have succeeded; of all that ends a batch see {@link #BATCH_TIME}. Tags: broker, queue. */
    BATCH_SUCCESS("goose.batches.succeeded", "batch.success", Type.COUNTER),
    /** Batches of which no job has succeeded. Tags: broker, queue. */
    BATCH_DEAD("goose.batches.died", "batch.dead", Type.COUNTER),
    /** Batches of which some have. Tags: broker, queue. */
    BATCH_PARTIAL("goose.batches.partial", "batch.partial-success", Type.COUNTER),
    /** Batches that were cancelled. Tags: broker, queue. */
    BATCH_CANCELLED("goose.batches.cancelled", "batch.cancelled", Type.COUNTER),
    /** From when a batch was made to its completion, whatever it came to. Tags: broker, queue. */
    BATCH_TIME("goose.batch.duration", "batch.completion_time", Type.TIMER),
    /** How long claims took. Tags: broker. */
    CLAIM_TIME("goose.claim.duration", "claim.time", Type.TIMER),
    /** Jobs that were leased. Tags: broker, queue. */
    CLAIMED("goose.jobs.leased", "jobs.leased", Type.COUNTER),
    /** How long outcomes took to write, together. Tags: broker. */
    SETTLE_TIME("goose.settle.duration", "settle.time", Type.TIMER),
    /** Outcomes that were written; divided by the count of {@link #SETTLE_TIME} it is the size of batches. Tags: broker. */
    SETTLED("goose.outcomes.written", "outcomes.written", Type.COUNTER),
    /** Outcomes that came after their lease was lost. Tags: broker. */
    STALE("goose.outcomes.stale", "outcomes.stale", Type.COUNTER),
    /** How long the broker took to answer heartbeats: its round trip. Tags: broker. */
    BEAT_TIME("goose.broker.roundtrip", "broker.roundtrip", Type.TIMER),
    /** Leases that were lost. Tags: broker. */
    LEASES_LOST("goose.leases.lost", "leases.lost", Type.COUNTER),
    /** 1 while the broker can be reached, else 0. Tags: broker. */
    BROKER_UP("goose.broker.up", "broker.up", Type.GAUGE),
    /** Jobs of a queue that wait. Tags: broker, queue. */
    QUEUE_WAITING("goose.queue.waiting", "enqueued_jobs.{queue}.count", Type.GAUGE),
    /** How long the oldest of them has waited, in seconds. Tags: broker, queue. */
    QUEUE_OLDEST("goose.queue.oldest", "enqueued_jobs.{queue}.oldest", Type.GAUGE),
    /** Jobs of a queue that are leased: run, or fetched ahead. Tags: broker, queue. */
    QUEUE_RUNNING("goose.queue.running", "in_progress_jobs.{queue}.count", Type.GAUGE),
    /** Jobs that wait, in all queues. Tags: broker. */
    WAITING("goose.jobs.waiting", "total_enqueued_jobs.count", Type.GAUGE),
    /** Jobs that wait for their time, retries among them, in all queues. Tags: broker. */
    SCHEDULED("goose.jobs.scheduled", "scheduled_jobs.count", Type.GAUGE),
    /** Dead jobs in all queues. Tags: broker. */
    DEAD("goose.jobs.dead", "dead_jobs.count", Type.GAUGE),
    /** Jobs in all queues that no worker knows. Tags: broker. */
    UNKNOWN("goose.jobs.unknown", "parked_jobs.count", Type.GAUGE),
    /** Recurring jobs. Tags: broker. */
    CRON("goose.cron.entries", "cron_jobs.count", Type.GAUGE),
    /** Batches, those that linger included. Tags: broker. */
    BATCHES("goose.batches", "batches.count", Type.GAUGE),
    /** Workers that live. Tags: broker. */
    WORKERS("goose.workers", "workers.count", Type.GAUGE),
    /** Jobs that one worker has leased and not finished; each tells its own. Tags: broker, host. */
    WORKER_JOBS("goose.worker.jobs", "worker.jobs", Type.GAUGE),
    /**
     * How much of its own connections to the broker, or of the messages that may be under way to it, a process uses; each tells its own.
     * Tags: broker, host.
     */
    POOL_USED("goose.broker.pool.used", "broker.pool.used", Type.GAUGE),
    /** How much it may use. Tags: broker, host. */
    POOL_SIZE("goose.broker.pool.size", "broker.pool.size", Type.GAUGE),
    /** How long ago the oldest job was enqueued that a relay took from an outbox, each time it takes some. Tags: broker. */
    RELAY_LAG("goose.relay.lag", "relay.lag", Type.TIMER),
    /**
     * For how long something has been due in a ledger without a moment in which its transport had all of it, in seconds; each process tells
     * what it has seen. Tags: broker, host.
     */
    LEDGER_LAG("goose.ledger.lag", "ledger.lag", Type.GAUGE),
    /** Events that this sink did not take in time. No tags. */
    DROPPED("goose.metrics.dropped", "metrics.dropped", Type.COUNTER);

    private final String label;
    private final String statsd;
    private final Type type;

    /** What a sink does with a value. */
    public enum Type {
        /** Only grows; what is given is added. In jobs or whatever is counted. */
        COUNTER,
        /** A duration; sinks give it in seconds, StatsD in milliseconds. */
        TIMER,
        /** The last value counts. */
        GAUGE
    }

    Metric(String label, String statsd, Type type) {
        this.label = label;
        this.statsd = statsd;
        this.type = type;
    }

    /** The conventional name, with dots and without a unit. */
    public String label() {
        return label;
    }

    /**
     * The name for StatsD, without prefix. In place of <code>{queue}</code> stands the value of the tag, which is part of the name
     * then, as in the Clojure library.
     */
    public String statsd() {
        return statsd;
    }

    /** Whether it is a time, which conventional names have in seconds; else it is a number of something. */
    public boolean isSeconds() {
        return type == Type.TIMER || this == QUEUE_OLDEST || this == LEDGER_LAG;
    }

    public Type type() {
        return type;
    }
}
