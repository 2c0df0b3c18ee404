package io.goose.it.server;

/**
 * A server that a test started and may therefore disturb. Its address never changes, however often it is restarted, and
 * what it wrote to disk stays until {@link #close}.
 *
 * <p>Every method returns when its effect is there: a started server answers, a killed one is gone, a paused one has
 * stopped running. Thread-safe; calls are taken one after the other.
 *
 * <p>The server ends with this JVM. Where the system has {@code setpriv} (Linux) that holds even for a JVM that is killed.
 */
public interface ServerProcess extends AutoCloseable {

    /**
     * Starts the server and waits until it answers. Nothing happens if it runs already.
     *
     * @throws ServerUnavailableException if it ended or did not answer in time; the message has the end of its log
     */
    void start();

    /** Ends the server at once, as a crash would (SIGKILL). Nothing happens if it does not run. */
    void kill();

    /** Asks the server to end in its own order (SIGTERM), wakes it for that if it is paused, and waits. */
    void stop();

    /** Freezes the server (SIGSTOP): connections stay open and nothing answers. */
    void pause();

    /** Lets a paused server go on (SIGCONT). Nothing happens if it is not paused. */
    void resume();

    /** {@link #stop} and {@link #start}: the same address, the same data directory. */
    default void restart() {
        stop();
        start();
    }

    /** Whether the server exists; a paused one does. */
    boolean isRunning();

    /** The host to connect to, an address of this machine's loopback. */
    String host();

    /** The port to connect to. */
    int port();

    /** Kills the server and deletes what it wrote into a directory of our choosing; it cannot be started again. */
    @Override
    void close();
}
