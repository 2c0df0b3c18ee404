package io.goose.broker.redis;

import io.goose.broker.redis.RedisFault.Kind;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/** One server and a bounded set of connections to it. Thread-safe; starts no thread. */
final class Node {

    /** Looks at connections before they are used. */
    interface Inspector {
        /** Called once for a server, with its first connection. */
        void first(Node node, Connection connection) throws RedisFault;

        /** Called for each new connection. */
        void each(Node node, Connection connection) throws RedisFault;
    }

    /** A connection that was idle for longer is asked for a sign of life: firewalls and servers drop idle ones. */
    private static final long TRUSTED_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final HostAndPort address;
    private final Connector connector;
    private final Inspector inspector;
    private final long timeoutMillis;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean inspected;
    private volatile boolean closed;

    private record Idle(Connection connection, long since) {}

    /**
     * A borrowed connection.
     *
     * @param reused whether it was used before, so that it may have been dropped in the meantime
     */
    record Lent(Connection connection, boolean reused) {}

    Node(HostAndPort address, Connector connector, Inspector inspector, RedisSettings settings) {
        this.address = address;
        this.connector = connector;
        this.inspector = inspector;
        this.timeoutMillis = settings.timeout().toMillis();
        this.permits = new Semaphore(settings.poolMax());
    }

    HostAndPort address() {
        return address;
    }

    /** Borrows a connection; every one must be given back or thrown away. */
    Lent borrow() throws RedisFault {
        try {
            if (!permits.tryAcquire() && !permits.tryAcquire(timeoutMillis, TimeUnit.MILLISECONDS)) {
                throw new RedisFault(
                        Kind.UNREACHABLE,
                        "no connection became free within " + timeoutMillis + " ms; raise pool.max if this is usual",
                        null);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RedisFault(Kind.UNREACHABLE, "interrupted while waiting for a connection", interrupted);
        }
        boolean done = false;
        try {
            Connection old = inspected ? reusable() : null;
            Lent lent = old == null ? new Lent(fresh(), false) : new Lent(old, true);
            done = true;
            return lent;
        } finally {
            if (!done) {
                permits.release();
            }
        }
    }

    private @Nullable Connection reusable() {
        for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            if (System.nanoTime() - next.since < TRUSTED_NANOS || answers(next.connection)) {
                return next.connection;
            }
            Connector.discard(next.connection);
        }
        return null;
    }

    private static boolean answers(Connection connection) {
        try {
            return connection.ping();
        } catch (JedisException dropped) {
            return false;
        }
    }

    private Connection fresh() throws RedisFault {
        Connection connection = connector.connect(address);
        boolean good = false;
        try {
            inspector.each(this, connection);
            if (!inspected) {
                inspector.first(this, connection);
                inspected = true;
            }
            good = true;
            return connection;
        } catch (JedisException failure) {
            throw RedisFault.connecting(failure);
        } finally {
            if (!good) {
                Connector.discard(connection);
            }
        }
    }

    /** Takes a connection back that can be used again. */
    void giveBack(Connection connection) {
        if (closed || connection.isBroken()) {
            Connector.discard(connection);
        } else {
            idle.addFirst(new Idle(connection, System.nanoTime()));
            if (closed) {
                dropIdle();
            }
        }
        permits.release();
    }

    /** Takes a connection back that cannot be used again; the idle ones have most likely ended with it. */
    void throwAway(Connection connection) {
        Connector.discard(connection);
        permits.release();
        dropIdle();
    }

    /** Has the set-up looked at again with the next connection. */
    void inspectAgain() {
        inspected = false;
    }

    private void dropIdle() {
        for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            Connector.discard(next.connection);
        }
    }

    /** Closes what is idle; what is lent is closed when it comes back. */
    void close() {
        closed = true;
        dropIdle();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
