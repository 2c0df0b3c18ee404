package io.goose.it.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A server of our own on a loopback port that says in its log when it can be used.
 *
 * <p>Thread-safe.
 */
abstract class LocalServer implements ServerProcess {

    static final String HOST = "127.0.0.1";

    private static final Duration START_PATIENCE = Duration.ofMinutes(5);
    private static final Duration STOP_PATIENCE = Duration.ofMinutes(2);
    private static final int LOG_TAIL = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Setup setup;

    /**
     * How a server is run.
     *
     * @param name for people to read
     * @param home its files, which {@link #close} deletes
     * @param readyLine what it logs when it can be used
     */
    record Setup(String name, Version version, int port, Path home, String readyLine, ServerControl control) {}

    LocalServer(Setup setup) {
        this.setup = setup;
    }

    @Override
    public void start() {
        locked(() -> {
            if (!setup.control().isRunning()) {
                setup.control().start();
                awaitReady();
            }
        });
    }

    private void awaitReady() {
        Polling.until(this + " says '" + setup.readyLine() + "'", START_PATIENCE, () -> {
            String log = setup.control().log();
            if (log.contains(setup.readyLine())) {
                return true;
            }
            if (!setup.control().isRunning()) {
                throw new ServerUnavailableException(
                        this + " ended at its start: " + log.substring(Math.max(0, log.length() - LOG_TAIL)));
            }
            return false;
        });
    }

    @Override
    public void kill() {
        locked(setup.control()::kill);
    }

    @Override
    public void stop() {
        locked(() -> setup.control().stop(STOP_PATIENCE));
    }

    @Override
    public void pause() {
        locked(setup.control()::pause);
    }

    @Override
    public void resume() {
        locked(setup.control()::resume);
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return setup.control().isRunning();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        locked(() -> {
            setup.control().stop(STOP_PATIENCE); // its children go with it
            setup.control().discard();
            WorkDirectory.delete(setup.home());
        });
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /** Its files. */
    Path home() {
        return setup.home();
    }

    @Override
    public String host() {
        return HOST;
    }

    @Override
    public int port() {
        return setup.port();
    }

    public Version version() {
        return setup.version();
    }

    /** {@code PostgreSQL 15.18.0 at 127.0.0.1:13579}. */
    @Override
    public String toString() {
        return setup.name() + " " + setup.version() + " at " + HOST + ":" + setup.port();
    }
}
