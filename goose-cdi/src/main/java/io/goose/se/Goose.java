package io.goose.se;

import io.goose.GooseClient;
import io.goose.GooseHealth;
import io.goose.JobRun;
import io.goose.Workers;
import io.goose.admin.BatchAdmin;
import io.goose.admin.CronAdmin;
import io.goose.admin.LimitAdmin;
import io.goose.admin.QueueAdmin;
import io.goose.engine.Engine;

/**
 * Goose without a container.
 *
 * <pre>{@code
 * try (Goose goose = Goose.builder()
 *         .config("goose.broker.main.url", "redis://localhost:6379")
 *         .register(new Mailer())
 *         .build()
 *         .start()) {
 *     goose.client().performAsync(Mailer::sendWelcome, "ann@example.org", 7L);
 *     …
 * }
 * }</pre>
 *
 * <p>Thread-safe. {@link #start} and {@link #close} are idempotent; start after close is not legal. Its threads are daemons:
 * a program that ends without {@link #close} leaves its running jobs to be rescued by another worker.
 *
 * @since 0.1
 */
public final class Goose implements AutoCloseable {

    private final Engine engine;
    private final String defaultBroker;
    private final Runnable afterStop;

    Goose(Engine engine, String defaultBroker, Runnable afterStop) {
        this.engine = engine;
        this.defaultBroker = defaultBroker;
        this.afterStop = afterStop;
    }

    /** Collects settings and jobs. */
    public static GooseBuilder builder() {
        return new GooseBuilder();
    }

    /**
     * Starts the workers, unless {@code goose.worker.start=manual} leaves that to {@link #workers}, and returns at once. A
     * program that only enqueues need not call it.
     */
    public Goose start() {
        engine.start();
        return this;
    }

    /** The client of the default broker. */
    public GooseClient client() {
        return engine.client();
    }

    /**
     * The client of a configured broker.
     *
     * @throws IllegalArgumentException if no broker has this name; the message lists those there are
     */
    public GooseClient via(String broker) {
        return engine.client(broker);
    }

    /** Looks at the queues of the default broker and changes what waits there. */
    public QueueAdmin admin() {
        return engine.admin(defaultBroker);
    }

    /**
     * Looks at the queues of a configured broker and changes what waits there.
     *
     * @throws IllegalArgumentException if no broker has this name; the message lists those there are
     */
    public QueueAdmin admin(String broker) {
        return engine.admin(broker);
    }

    /** Looks at the recurring jobs of the default broker and changes them. */
    public CronAdmin cronAdmin() {
        return engine.cronAdmin(defaultBroker);
    }

    /**
     * Looks at the recurring jobs of a configured broker and changes them.
     *
     * @throws IllegalArgumentException if no broker has this name; the message lists those there are
     */
    public CronAdmin cronAdmin(String broker) {
        return engine.cronAdmin(broker);
    }

    /** Looks at the batches of the default broker and changes them. */
    public BatchAdmin batchAdmin() {
        return engine.batchAdmin(defaultBroker);
    }

    /**
     * Looks at the batches of a configured broker and changes them.
     *
     * @throws IllegalArgumentException if no broker has this name; the message lists those there are
     */
    public BatchAdmin batchAdmin(String broker) {
        return engine.batchAdmin(broker);
    }

    /** Looks at the limits of the default broker's queues and changes them. */
    public LimitAdmin limitAdmin() {
        return engine.limitAdmin(defaultBroker);
    }

    /**
     * Looks at the limits of a configured broker's queues and changes them.
     *
     * @throws IllegalArgumentException if no broker has this name; the message lists those there are
     */
    public LimitAdmin limitAdmin(String broker) {
        return engine.limitAdmin(broker);
    }

    /** How the brokers and their workers do at this moment; needs no broker to answer. */
    public GooseHealth health() {
        return engine.health();
    }

    /** The workers of this instance, to start and stop them by hand; {@link #close} ends them for good. */
    public Workers workers() {
        return engine.workers();
    }

    /** The run of a job that the calling thread is in; outside a job its methods throw {@link IllegalStateException}. */
    public JobRun currentRun() {
        return engine.currentRun();
    }

    /**
     * Stops the workers within {@code goose.worker.grace}, writes the last outcomes and closes the brokers.
     *
     * @throws IllegalStateException if a job of this instance calls it, see {@link Workers#stop}
     */
    @Override
    public void close() {
        engine.stop();
        afterStop.run();
    }
}
