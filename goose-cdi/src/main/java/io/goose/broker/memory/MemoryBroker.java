package io.goose.broker.memory;

import io.goose.BrokerUnavailableException;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.spi.CronLedger;
import io.goose.spi.EvictionListener;
import io.goose.spi.Housekeeping;
import io.goose.spi.LimitLedger;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A broker in the heap: the whole contract, nothing durable. What it holds is gone when nobody refers to it any more.
 *
 * <p>Each instance made with a constructor has a storage of its own; {@link #connect()} makes another connection to the
 * same one, as another process would have it. Closing one connection leaves the storage and the other connections alone;
 * sessions that were not closed before are then as those of a process that died.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class MemoryBroker implements Broker {

    private static final int MAX_SEND = 500;

    private static final Set<Capability> CAPABILITIES = Collections.unmodifiableSet(EnumSet.of(
            Capability.DELAY,
            Capability.SCHEDULED_LIST,
            Capability.WAITING_LIST,
            Capability.WAITING_FIND,
            Capability.WAITING_DELETE,
            Capability.PRIORITISE,
            Capability.WORKER_LIST,
            Capability.PAUSE,
            Capability.CANCEL,
            Capability.HANDLER_ROUTING,
            Capability.CRON,
            Capability.UNIQUE,
            Capability.BATCH,
            Capability.LIMITS,
            Capability.STATUS));

    private final MemoryStore store;
    private final Housekeeping housekeeping;
    private final List<MemorySession> sessions = new ArrayList<>(); // guarded by the store's lock
    private volatile boolean open = true;

    /**
     * A broker with a storage of its own.
     *
     * @param clock what decides when jobs are due and leases expire; if it is moved by hand, see {@link #clockMoved()}
     */
    public MemoryBroker(BrokerSettings settings, InstantSource clock) {
        this(new MemoryStore(settings, clock));
    }

    private MemoryBroker(MemoryStore store) {
        this.store = store;
        this.housekeeping = new MemoryHousekeeping(this::connected);
    }

    /** A broker with a storage of its own and the standard settings. */
    public static MemoryBroker withClock(InstantSource clock) {
        DeadRetention dead = new DeadRetention(100_000, Duration.ofDays(90));
        return new MemoryBroker(new BrokerSettings("memory", "goose", Map.of(), Duration.ofHours(1), dead), clock);
    }

    /** Another connection to the same storage, as open as if this one were closed. */
    public MemoryBroker connect() {
        return new MemoryBroker(store);
    }

    /** Says that the clock was moved by hand: whoever waits looks again. */
    public void clockMoved() {
        store.lock.lock();
        try {
            store.sessions.signalAll();
        } finally {
            store.lock.unlock();
        }
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        if (jobs.size() > MAX_SEND) {
            throw new IllegalArgumentException("at most " + MAX_SEND + " jobs can be sent at once, not " + jobs.size());
        }
        if (!open) {
            SendResult unsent = new SendResult.Unknown(false, closed());
            return CompletableFuture.completedFuture(Collections.nCopies(jobs.size(), unsent));
        }
        return CompletableFuture.completedFuture(store.send(jobs));
    }

    @Override
    public Session open(SessionSpec spec) {
        store.lock.lock();
        try {
            connected();
            MemorySession session = new MemorySession(this, store, spec).open();
            sessions.add(session);
            return session;
        } finally {
            store.lock.unlock();
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Set<String> queues() {
        return connected().queueNames();
    }

    @Override
    public void pause(String queue) {
        connected().setPaused(queue, true);
    }

    @Override
    public void resume(String queue) {
        connected().setPaused(queue, false);
    }

    @Override
    public void check() {
        connected();
    }

    @Override
    public String describe() {
        return "memory (" + store.settings.name() + ")";
    }

    @Override
    public QueueStats stats(String queue) {
        return connected().stats(queue);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return connected().find(queue, id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return connected().list(queue, place, offset, limit);
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    @Override
    public void onEviction(EvictionListener listener) {
        store.evictions.add(listener);
    }

    @Override
    public CronLedger crons() {
        return new MemoryCrons(this::connected);
    }

    @Override
    public BatchLedger batches() {
        return new MemoryBatches(this::connected);
    }

    @Override
    public LimitLedger limits() {
        return new MemoryLimitLedger(this::connected);
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return connected().result(queue, id);
    }

    @Override
    public CancelResult cancel(String queue, JobId id) {
        return connected().cancel(queue, id);
    }

    @Override
    public void close() {
        store.lock.lock();
        try {
            open = false;
            sessions.forEach(MemorySession::connectionClosed);
            sessions.clear();
        } finally {
            store.lock.unlock();
        }
    }

    boolean isOpen() {
        return open;
    }

    /** Called with the store's lock held. */
    void forget(MemorySession session) {
        sessions.remove(session);
    }

    private MemoryStore connected() {
        if (!open) {
            throw closed();
        }
        return store;
    }

    private BrokerUnavailableException closed() {
        return new BrokerUnavailableException(
                "GOOSE-3004: cannot work with " + describe() + ": this connection is closed", null);
    }
}
