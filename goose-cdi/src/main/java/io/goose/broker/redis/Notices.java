package io.goose.broker.redis;

import io.goose.job.JobId;
import io.goose.spi.WorkerThreads;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The channel on which sessions are told that a job came: one connection and one thread for all sessions of a broker, while
 * there are any. It is a short cut: whoever waits also looks by himself every second. Thread-safe.
 */
final class Notices implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Notices.class.getPackageName());

    /** Each heartbeat sends a ping whose answer ends a read; no answer for so long means that the connection is dead. */
    private static final int SILENCE_MILLIS = 60_000;

    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final Exchange exchange;
    private final Connector connector;
    private final WorkerThreads threads;
    private final Registry registry;
    private final String name;
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean refused; // the channels, since they were allowed last; the thread's alone
    private boolean running; // guarded by lock
    private boolean closed; // guarded by lock
    private @Nullable Connection connection; // guarded by lock, for writing; read from by the thread alone

    Notices(Exchange exchange, Connector connector, WorkerThreads threads, Registry registry, String name) {
        this.exchange = exchange;
        this.connector = connector;
        this.threads = threads;
        this.registry = registry;
        this.name = name;
    }

    /** Who waits for notices; called on the thread that reads them, must not block. */
    interface Listener {
        /** A job came. */
        void noticed();

        /** A lease is to be cancelled. */
        void cancelled(JobId id, long token);

        /** There was no connection for a while: a notice may have been missed. */
        void missed();
    }

    /** Has {@code listener} called when a notice for {@code session} comes, and when one may have been missed. */
    void add(String session, Listener listener) {
        String channel = registry.wakePrefix() + session;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            listeners.put(channel, listener);
            write(Command.SUBSCRIBE, channel);
            if (!running) {
                try {
                    threads.newThread("goose-notices-" + name, this::run).start();
                    running = true;
                } catch (RejectedExecutionException stopping) {
                    LOG.log(
                            Level.WARNING,
                            "GOOSE-3016: no thread for the notices of broker ''{0}'': {1}; its workers look for jobs every"
                                    + " second",
                            name,
                            stopping.toString());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    void remove(String session) {
        String channel = registry.wakePrefix() + session;
        lock.lock();
        try {
            listeners.remove(channel);
            if (listeners.isEmpty()) {
                disconnect();
                changed.signalAll();
            } else {
                write(Command.UNSUBSCRIBE, channel);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes sure that a dead connection is noticed; called now and then. */
    void ping() {
        lock.lock();
        try {
            write(Command.PING, null);
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock held. */
    private void write(Command command, @Nullable String channel) {
        Connection present = connection;
        if (present == null) {
            return; // the thread subscribes to everything when it connects
        }
        try {
            if (channel == null) {
                present.sendCommand(command);
            } else {
                present.sendCommand(command, channel);
            }
            flush(present);
        } catch (JedisException broken) {
            Connector.discard(present); // its reader notices and connects anew
        }
    }

    /** Reading nothing flushes what was written: the client flushes only where it reads. */
    private static void flush(Connection present) {
        present.getMany(0);
    }

    private void run() {
        long pause = 100;
        while (true) {
            lock.lock();
            try {
                if (closed || listeners.isEmpty()) {
                    running = false;
                    return;
                }
            } finally {
                lock.unlock();
            }
            try {
                listen();
                pause = 100;
            } catch (Throwable lost) { // an Error too: without this thread notices would never come again
                LOG.log(
                        lost instanceof Error ? Level.WARNING : Level.DEBUG,
                        "GOOSE-3049: the notices of broker ''{0}'' are interrupted, it connects anew: {1}",
                        name,
                        lost.toString());
            } finally {
                lock.lock();
                try {
                    disconnect();
                } finally {
                    lock.unlock();
                }
            }
            if (!pause(pause)) {
                return;
            }
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
    }

    /** Waits before the next attempt; whether there should be one. */
    private boolean pause(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (left > 0 && !closed && !listeners.isEmpty()) {
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException interrupted) { // the server wants its thread back
            running = false;
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void listen() throws RedisFault {
        Node node = exchange.topology().nodeFor(QueueKeys.bytes(registry.wakePrefix()));
        Connection fresh;
        try {
            fresh = connector.connect(node.address(), SILENCE_MILLIS);
        } catch (RedisFault fault) {
            exchange.topology().distrust(node);
            throw fault;
        }
        lock.lock();
        try {
            if (closed || listeners.isEmpty()) {
                Connector.discard(fresh);
                return;
            }
            connection = fresh;
            fresh.sendCommand(Command.SUBSCRIBE, listeners.keySet().toArray(new String[0]));
            flush(fresh);
        } finally {
            lock.unlock();
        }
        listeners.values().forEach(Listener::missed);
        while (!fresh.isBroken()) {
            try {
                receive((List<?>) fresh.getUnflushedObject());
            } catch (JedisDataException refusal) {
                LOG.log(
                        refused ? Level.DEBUG : Level.WARNING,
                        "GOOSE-3016: broker ''{0}'' may not listen for notices: {1}; its workers look for jobs every second;"
                                + " allow the channels {2}* to the user",
                        name,
                        refusal.getMessage(),
                        registry.wakePrefix());
                refused = true;
                throw refusal;
            }
        }
    }

    private void receive(List<?> message) {
        if (message.size() == 3 && message.get(0) instanceof byte[] kind && message.get(1) instanceof byte[] channel) {
            boolean job = new String(kind, StandardCharsets.US_ASCII).equals("message");
            if (!job) { // it says that we may listen
                refused = false;
                return;
            }
            Listener listener = listeners.get(new String(channel, StandardCharsets.UTF_8));
            if (listener != null && !isCancel(listener, message.get(2))) {
                listener.noticed();
            }
        }
    }

    /** Whether a notice is of a cancellation, of which the listener is told then: no queue is called so. */
    private static boolean isCancel(Listener listener, Object payload) {
        if (!(payload instanceof byte[] bytes)) {
            return false;
        }
        String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        if (parts.length != 3
                || !parts[0].equals("cancel")
                || !parts[1].matches(".{1,64}")
                || !parts[2].matches("\\d{1,18}")) {
            return false;
        }
        listener.cancelled(new JobId(parts[1]), Long.parseLong(parts[2]));
        return true;
    }

    /** Called with the lock held. */
    private void disconnect() {
        Connection present = connection;
        connection = null;
        if (present != null) {
            Connector.discard(present);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            listeners.clear();
            disconnect();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
