package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is there when it is needed: made at the first use, and again when it was lost. Publishing and consuming
 * have one each, for a broker that is short of memory stops to read from connections that publish. Thread-safe.
 */
final class Link implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Link.class.getPackageName());

    private static final Pattern LEADING_NUMBER = Pattern.compile("\\d{1,9}");

    private final Connecting connector;
    private final String purpose;
    private final String where;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition unblocked = lock.newCondition();
    private @Nullable Connection connection; // guarded by lock
    private boolean closed; // guarded by lock
    private volatile @Nullable String blocked; // why; written under lock

    /**
     * @param purpose for the broker's own tools
     * @param where it leads, without credentials
     * @param patience how long a job may take to be confirmed
     */
    Link(Connecting connector, String purpose, String where, Duration patience) {
        this.connector = connector;
        this.purpose = purpose;
        this.where = where;
        this.patience = patience;
    }

    /** Makes a connection. */
    @FunctionalInterface
    interface Connecting {
        Connection connect(String purpose) throws IOException, TimeoutException;
    }

    /** How long a job may take to be confirmed. */
    Duration patience() {
        return patience;
    }

    /** Where it leads, without credentials. */
    String where() {
        return where;
    }

    /**
     * The connection.
     *
     * @throws GooseException if there is none
     */
    Connection connection() {
        lock.lock();
        try {
            if (closed) {
                throw new BrokerUnavailableException(
                        "GOOSE-3004: cannot work with " + where + ": this connection is closed", null);
            }
            Connection open = connection;
            if (open == null || !open.isOpen()) {
                open = connect();
                connection = open;
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    private Connection connect() {
        try {
            Connection fresh = connector.connect(purpose);
            blocked = null;
            fresh.addBlockedListener(new Blocking(fresh));
            fresh.addShutdownListener(reason -> setBlocked(fresh, null)); // nobody says so of one that has ended
            LOG.log(DEBUG, "a connection to {0} is there, for {1}", where, purpose);
            return fresh;
        } catch (IOException | TimeoutException | RuntimeException failure) {
            throw failure instanceof GooseException ours ? ours : Faults.exception("connect", where, failure);
        }
    }

    /** The first number of the version of the broker; 0 if it tells none. */
    int majorVersion() {
        Object version = connection().getServerProperties().get("version");
        Matcher number = LEADING_NUMBER.matcher(String.valueOf(version));
        return number.lookingAt() ? Integer.parseInt(number.group()) : 0;
    }

    /** A new channel on the connection. */
    Channel channel() {
        Connection open = connection();
        try {
            Channel channel = open.createChannel();
            if (channel == null) {
                throw new IOException("no channel is free on this connection");
            }
            return channel;
        } catch (IOException | RuntimeException failure) {
            throw Faults.exception("open a channel", where, failure);
        }
    }

    /** Something done on a channel. */
    @FunctionalInterface
    interface Work<T> {
        T on(Channel channel) throws IOException, TimeoutException;
    }

    /**
     * Does something on a channel of its own, so that an error of it closes no other.
     *
     * @param what as in {@code "look at the queue"}
     */
    <T> T once(String what, Work<T> work) {
        Channel channel = channel();
        try {
            return work.on(channel);
        } catch (IOException | TimeoutException | RuntimeException failure) {
            throw failure instanceof GooseException ours ? ours : Faults.exception(what, where, failure);
        } finally {
            end(channel);
        }
    }

    /** Closes a channel, also one that is closed already. */
    static void end(Channel channel) {
        try {
            if (channel.isOpen()) {
                channel.close();
            }
        } catch (IOException | TimeoutException | RuntimeException gone) {
            LOG.log(DEBUG, "a channel was not closed in order: {0}", gone.toString());
        }
    }

    private void setBlocked(Connection of, @Nullable String reason) {
        lock.lock();
        try {
            if (connection == null || connection == of || reason == null) {
                blocked = reason;
            }
            unblocked.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Why the broker takes nothing from this connection now; null if it does. */
    @Nullable String blocked() {
        return blocked;
    }

    /** Waits until the broker takes something again; whether it does. */
    boolean awaitUnblocked(Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lockInterruptibly();
        try {
            while (blocked != null && !closed && left > 0) {
                left = unblocked.awaitNanos(left);
            }
            return blocked == null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        Connection open;
        lock.lock();
        try {
            closed = true;
            open = connection;
            connection = null;
            unblocked.signalAll();
        } finally {
            lock.unlock();
        }
        if (open != null && open.isOpen()) {
            try {
                open.close((int) TimeUnit.SECONDS.toMillis(2));
            } catch (IOException | RuntimeException gone) {
                open.abort();
                LOG.log(DEBUG, "the connection for {0} was not closed in order: {1}", purpose, gone.toString());
            }
        }
    }

    private final class Blocking implements BlockedListener {
        private final Connection of;

        private Blocking(Connection of) {
            this.of = of;
        }

        @Override
        public void handleBlocked(String reason) {
            LOG.log(
                    WARNING,
                    "GOOSE-3084: {0} takes no jobs now: {1}; enqueuing waits for goose.broker.<name>.send-timeout and fails"
                            + " then. Free memory or disk space there",
                    where,
                    reason);
            setBlocked(of, reason);
        }

        @Override
        public void handleUnblocked() {
            LOG.log(INFO, "GOOSE-3085: {0} takes jobs again", where);
            setBlocked(of, null);
        }
    }
}
