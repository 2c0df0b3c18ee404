package io.goose.broker.redis;

import io.goose.broker.redis.RedisFault.Kind;
import io.goose.spi.PoolUse;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/** One server and a bounded set of connections to it. Thread-safe; starts no thread. */
final class Node {

    /** Looks at connections before they are used. */
    interface Inspector {
        /**
         * Called with the first connection to a server, and with the first one after connections were cut: it may have been
         * started with other settings since.
         *
         * @return what makes a send to this server durable; null for nothing
         */
        @Nullable Barrier first(Node node, Connection connection) throws RedisFault;

        /** Called for each new connection. */
        void each(Node node, Connection connection) throws RedisFault;
    }

    /** A connection that was idle for longer is asked for a sign of life: firewalls and servers drop idle ones. */
    private static final long TRUSTED_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final HostAndPort address;
    private final Connector connector;
    private final Inspector inspector;
    private final long timeoutMillis;
    private final int most;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<Idle> idle = new ConcurrentLinkedDeque<>();
    private final LongSupplier nanoClock;
    private volatile @Nullable Barrier barrier;
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
        this(address, connector, inspector, settings, System::nanoTime);
    }

    Node(
            HostAndPort address,
            Connector connector,
            Inspector inspector,
            RedisSettings settings,
            LongSupplier nanoClock) {
        this.address = address;
        this.connector = connector;
        this.inspector = inspector;
        this.timeoutMillis = settings.timeout().toMillis();
        this.most = settings.poolMax();
        this.permits = new Semaphore(most, true); // a heart must not wait while senders come and go
        this.nanoClock = nanoClock;
    }

    HostAndPort address() {
        return address;
    }

    /** How many connections are borrowed, and how many may be. */
    PoolUse use() {
        return new PoolUse(most - permits.availablePermits(), most);
    }

    /** Borrows a connection; every one must be given back or thrown away. */
    Lent borrow() throws RedisFault {
        try {
            if (!permits.tryAcquire(timeoutMillis, TimeUnit.MILLISECONDS)) {
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

    /** An idle connection; null if there is none. One that does not answer costs a timeout, so no second one is asked. */
    private @Nullable Connection reusable() {
        Idle next = idle.pollFirst();
        if (next == null) {
            return null;
        }
        if (nanoClock.getAsLong() - next.since < TRUSTED_NANOS || answers(next.connection)) {
            return next.connection;
        }
        Connector.discard(next.connection);
        wasCut();
        return null;
    }

    /** A connection has ended: the idle ones have most likely ended with it, and the server may be another one now. */
    private void wasCut() {
        inspected = false;
        dropIdle();
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
                barrier = inspector.first(this, connection);
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
            idle.addFirst(new Idle(connection, nanoClock.getAsLong()));
            if (closed) {
                dropIdle();
            }
        }
        permits.release();
    }

    /** Takes a connection back that cannot be used again. */
    void throwAway(Connection connection) {
        Connector.discard(connection);
        permits.release();
        wasCut();
    }

    /** What makes a send durable; null for nothing. Known when a connection was borrowed. */
    @Nullable Barrier barrier() {
        return barrier;
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
