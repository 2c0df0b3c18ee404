package io.goose.it.server;

/**
 * A database server of our own on a loopback port, with one user who may do everything in one database. What was committed
 * survives {@link #kill}; nothing is forced to disk, so it need not survive a loss of power.
 *
 * <p>Thread-safe.
 */
public final class DatabaseServer extends LocalServer {

    /** The user's name, and the password that works. */
    static final String USER = "goose";

    private final String jdbcUrl;

    DatabaseServer(Setup setup, String jdbcUrl) {
        super(setup);
        this.jdbcUrl = jdbcUrl;
    }

    /** The address for the driver, without user and password. */
    public String jdbcUrl() {
        return jdbcUrl;
    }

    public String user() {
        return USER;
    }

    public String password() {
        return USER;
    }
}
