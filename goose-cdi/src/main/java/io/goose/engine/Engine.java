package io.goose.engine;

import io.goose.GooseClient;
import io.goose.JobRun;
import io.goose.Workers;
import io.goose.admin.QueueAdmin;
import io.goose.spi.Broker;
import java.util.Map;

/**
 * Brokers, clients and workers of one application, started and stopped together.
 *
 * <p>Thread-safe. {@link #start} and {@link #stop} are idempotent; stop before start is legal, start after stop is not.
 */
public final class Engine implements AutoCloseable {

    /**
     * Makes an engine; nothing connects and no thread starts.
     *
     * @param brokers by name; the engine closes them when it stops
     */
    public static Engine create(EngineSettings settings, EngineParts parts, Map<String, Broker> brokers) {
        return unbuilt();
    }

    /** Starts the workers, unless the settings leave that to {@link #workers}. */
    public void start() {}

    /** Stops the workers within their grace, then closes the brokers. */
    public void stop() {}

    @Override
    public void close() {
        stop();
    }

    /** The client of a broker; throws IllegalArgumentException for a name that is not configured. */
    public GooseClient client(String broker) {
        return unbuilt();
    }

    /** The client of the default broker. */
    public GooseClient client() {
        return unbuilt();
    }

    /** The admin view of a broker; throws IllegalArgumentException for a name that is not configured. */
    public QueueAdmin admin(String broker) {
        return unbuilt();
    }

    public Workers workers() {
        return unbuilt();
    }

    /** A proxy on the run that the calling thread is in; its methods throw IllegalStateException outside a job. */
    public JobRun currentRun() {
        return unbuilt();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <T> T unbuilt() {
        throw new IllegalStateException("the engine is not built yet");
    }

    /** Whether the calling thread is in the engine's own invocation of the job {@code handler}; consumed by asking. */
    public boolean takeInvocation(String handler) {
        return unbuilt();
    }
}
