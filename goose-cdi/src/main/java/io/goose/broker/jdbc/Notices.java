package io.goose.broker.jdbc;

import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.job.JobId;
import io.goose.spi.WorkerThreads;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Tells the workers of other processes that jobs are ready, by PostgreSQL's NOTIFY, and hears it from them. A notice is sent
 * behind the commit, in a transaction of its own by a thread of its own, for a commit with a notice in it waits for all others
 * in the database; and only if a worker has said that it is idle. Nothing depends on a notice: workers look every second.
 * Thread-safe.
 */
final class Notices {

    private static final System.Logger LOG = System.getLogger(Notices.class.getPackageName());

    private static final long BETWEEN_NOTICES_NANOS = Duration.ofMillis(10).toNanos();
    private static final long JOIN_MILLIS = 2_000;

    private static final String CANCEL = "cancel";

    private static final String NOTIFY = "SELECT pg_notify(?, q.name) FROM {queue} q"
            + " WHERE q.namespace = ? AND q.name = ANY (?) AND EXISTS (SELECT 1 FROM {served} v"
            + " JOIN {session} s ON s.id = v.session WHERE v.queue = q.id AND s.closed = 0 AND s.idle > {now}"
            + " AND s.id <> ALL (?))";

    private final Database database;
    private final DataSource listenSource;
    private final WorkerThreads threads;
    private final String namespace;
    private final String channel;
    private final Supplier<List<String>> ownSessions;
    private final Consumer<String> ready;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<String> pending = new HashSet<>(); // guarded by lock
    private @Nullable Thread notifier; // guarded by lock
    private @Nullable Thread listening; // guarded by lock
    private @Nullable NoticeListener listener; // guarded by lock
    private boolean closed; // guarded by lock

    /**
     * @param ownSessions those of this process, which are told directly
     * @param ready told of a queue in which another process made something ready; of all if the name is empty
     */
    Notices(
            Database database,
            DataSource listenSource,
            WorkerThreads threads,
            String namespace,
            Supplier<List<String>> ownSessions,
            Consumer<String> ready) {
        this.database = database;
        this.listenSource = listenSource;
        this.threads = threads;
        this.namespace = namespace;
        this.channel = "goose_"
                + UUID.nameUUIDFromBytes(namespace.getBytes(StandardCharsets.UTF_8))
                        .toString()
                        .replace("-", "");
        this.ownSessions = ownSessions;
        this.ready = ready;
    }

    /** Whether there are notices here at all; false until the database was asked. */
    boolean exist() {
        return database.isPostgreSql();
    }

    /** Begins to listen, if that has not begun. */
    void listen() {
        lock.lock();
        try {
            if (!closed && listening == null && exist()) {
                NoticeListener fresh = new NoticeListener(listenSource, channel, ready);
                listening = start("goose-notices", fresh);
                listener = listening == null ? null : fresh;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something became ready in a queue, and is committed. Does not block. */
    void announce(String queue) {
        if (!exist()) {
            return;
        }
        lock.lock();
        try {
            if (!closed && pending.add(queue)) {
                if (notifier == null) {
                    notifier = start("goose-notifier", this::announceAll);
                }
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Who is told of a cancelled lease by a notice. */
    @FunctionalInterface
    interface Cancelled {
        boolean tell(String session, JobId id, long token);
    }

    /** Tells other processes of a cancelled lease, at once. Whoever has it looks by itself with its next beat. */
    void sendCancel(Cancels.Noted noted) {
        if (!exist()) {
            return;
        }
        String notice = String.join("\n", CANCEL, noted.session(), noted.id().value(), Long.toString(noted.token()));
        try {
            database.inTransaction(
                    "send a notice of a cancellation",
                    statements -> statements.query("SELECT pg_notify(?, ?)", row -> 1, channel, notice));
        } catch (GooseException unsent) {
            LOG.log(Level.DEBUG, "a notice of a cancellation could not be sent", unsent);
        }
    }

    /** Whether a notice is of a cancelled lease, which is told then: no queue has such a name. */
    static boolean isCancel(String notice, Cancelled cancelled) {
        String[] parts = notice.split("\n", -1);
        if (parts.length != 4
                || !parts[0].equals(CANCEL)
                || !parts[2].matches(".{1,64}")
                || !parts[3].matches("\\d{1,18}")) {
            return false;
        }
        boolean here = cancelled.tell(parts[1], new JobId(parts[2]), Long.parseLong(parts[3]));
        LOG.log(Level.DEBUG, "a notice of a cancelled lease came, which is here: {0}", here);
        return true;
    }

    private @Nullable Thread start(String name, Runnable body) {
        try {
            Thread thread = threads.newThread(name, body);
            thread.start();
            return thread;
        } catch (RejectedExecutionException none) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3052: no notices of new jobs from or to other processes, for there is no thread for them;"
                            + " workers look at least every second",
                    none);
            return null;
        }
    }

    private void announceAll() {
        try {
            int failures = 0;
            for (Set<String> queues = take(); !queues.isEmpty(); queues = take()) {
                failures = announced(queues, failures);
                pause(failures == 0 ? BETWEEN_NOTICES_NANOS : TimeUnit.MILLISECONDS.toNanos(backOffMillis(failures)));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often in a row it has failed by now. Who waits for a job looks by himself within a second. */
    private int announced(Set<String> queues, int failures) {
        try {
            database.inTransaction("send notices", statements -> send(statements, queues));
            return 0;
        } catch (BrokerUnavailableException away) { // the loops of the workers say so
            LOG.log(Level.DEBUG, "notices could not be sent", away);
            return 0;
        } catch (Throwable failed) { // whatever a driver, a pool or a server throws: the next ones are sent
            LOG.log(
                    failures == 0 ? Level.WARNING : Level.DEBUG,
                    "GOOSE-3071: notices of new jobs could not be sent to other processes, whose workers look at least every"
                            + " second; sending goes on with the next job",
                    failed);
            return failures + 1;
        }
    }

    private int send(Statements statements, Set<String> queues) throws SQLException {
        return statements
                .query(
                        NOTIFY,
                        row -> 1,
                        channel,
                        namespace,
                        statements.array("text", List.copyOf(queues)),
                        statements.array("text", ownSessions.get()))
                .size();
    }

    /** What is to be told, when there is something; empty at the end. */
    private Set<String> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (pending.isEmpty() && !closed) {
                changed.await();
            }
            Set<String> queues = closed ? Set.of() : Set.copyOf(pending);
            pending.clear();
            return queues;
        } finally {
            lock.unlock();
        }
    }

    private void pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends both threads and waits for them. */
    void close() {
        Thread first;
        Thread second;
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            if (listener != null) {
                listener.stop();
            }
            first = notifier;
            second = listening;
        } finally {
            lock.unlock();
        }
        join(first);
        join(second);
    }

    private static void join(@Nullable Thread thread) {
        if (thread == null) {
            return;
        }
        try {
            thread.join(JOIN_MILLIS);
            if (thread.isAlive()) {
                thread.interrupt();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long a wait between two tries may be. */
    static long backOffMillis(int failures) {
        return Math.min(TimeUnit.SECONDS.toMillis(30), 500L << Math.min(failures, 6));
    }
}
