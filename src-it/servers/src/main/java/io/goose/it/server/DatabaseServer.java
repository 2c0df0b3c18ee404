package io.goose.it.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A database server of our own on a loopback port, with one user who may do everything in one database. What was committed
 * survives {@link #kill}; nothing is forced to disk, so it need not survive a loss of power.
 *
 * <p>Thread-safe.
 */
public final class DatabaseServer implements ServerProcess {

    static final String HOST = "127.0.0.1";

    /** The user's name, and the password that works. */
    static final String USER = "goose";

    private static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    private static final int LOG_TAIL = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Setup setup;

    /**
     * How a server is run.
     *
     * @param name for people to read
     * @param jdbcUrl where it can be reached
     * @param home its files, which {@link #close} deletes
     * @param readyLine what it logs when it can be used
     */
    record Setup(
            String name,
            Version version,
            int port,
            String jdbcUrl,
            Path home,
            String readyLine,
            ServerControl control) {}

    DatabaseServer(Setup setup) {
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

    /** The address for the driver, without user and password. */
    public String jdbcUrl() {
        return setup.jdbcUrl();
    }

    public String user() {
        return USER;
    }

    public String password() {
        return USER;
    }

    /** {@code PostgreSQL 15.18.0 at 127.0.0.1:13579}. */
    @Override
    public String toString() {
        return setup.name() + " " + setup.version() + " at " + HOST + ":" + setup.port();
    }
}
