package io.goose.engine;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.Beat;
import io.goose.spi.Broker;
import io.goose.spi.CancelListener;
import io.goose.spi.Capability;
import io.goose.spi.Claim;
import io.goose.spi.CronLedger;
import io.goose.spi.Housekeeping;
import io.goose.spi.Lease;
import io.goose.spi.LimitLedger;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A broker whose calls can be counted, held up and made to fail, before or after they took effect. */
public final class FaultyBroker implements Broker {

    /** The calls that can be made to fail. */
    public enum Call {
        SEND,
        OPEN,
        LEASE,
        AWAIT,
        SETTLE,
        RETURN,
        RENEW,
        SWEEP,
        WAKE,
        CLOSE_SESSION,
        CRON_DUE,
        CRON_APPLY
    }

    private final Broker real;
    private final Map<Call, Runnable> before = new ConcurrentHashMap<>();
    private final Map<Call, Runnable> after = new ConcurrentHashMap<>();
    private final Map<Call, AtomicInteger> counts = new ConcurrentHashMap<>();

    private volatile Duration leastWait = Duration.ZERO;
    private volatile CancelListener cancelListener = (id, token) -> {};

    public FaultyBroker(Broker real) {
        this.real = real;
    }

    /** Does {@code what} before each such call; throwing makes the call fail without effect. */
    public void before(Call call, Runnable what) {
        before.put(call, what);
    }

    /** Does {@code what} after each such call took effect; throwing loses the reply. */
    public void after(Call call, Runnable what) {
        after.put(call, what);
    }

    /** Makes waits this long, unless something ends them. */
    public void awaitAtLeast(Duration time) {
        leastWait = time;
    }

    /** Ends what {@link #before} and {@link #after} began. */
    public void heal(Call call) {
        before.remove(call);
        after.remove(call);
    }

    /** Who is told of cancellations by the session that was opened last. */
    public CancelListener cancelListener() {
        return cancelListener;
    }

    /** How many such calls were made. */
    public int count(Call call) {
        return counts.computeIfAbsent(call, c -> new AtomicInteger()).get();
    }

    private <T> T through(Call call, Supplier<T> action) {
        counts.computeIfAbsent(call, c -> new AtomicInteger()).incrementAndGet();
        Runnable first = before.get(call);
        if (first != null) {
            first.run();
        }
        T result = action.get();
        Runnable last = after.get(call);
        if (last != null) {
            last.run();
        }
        return result;
    }

    @Override
    public Session open(SessionSpec spec) {
        return through(Call.OPEN, () -> new FaultySession(real.open(spec)));
    }

    private final class FaultySession implements Session {
        private final Session session;

        private FaultySession(Session session) {
            this.session = session;
        }

        @Override
        public String id() {
            return session.id();
        }

        @Override
        public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
            return through(Call.LEASE, () -> session.lease(queue, max, maxBytes, suspects));
        }

        @Override
        public void await(Duration wait) throws InterruptedException {
            through(Call.AWAIT, () -> null);
            session.await(wait.compareTo(leastWait) < 0 ? leastWait : wait);
        }

        @Override
        public void wake() {
            through(Call.WAKE, () -> {
                session.wake();
                return true;
            });
        }

        @Override
        public List<Verdict> settle(List<Settlement> settlements) {
            return through(Call.SETTLE, () -> session.settle(settlements));
        }

        @Override
        public void onCancel(CancelListener listener) {
            cancelListener = listener;
            session.onCancel(listener);
        }

        @Override
        public void returnUnstarted(List<Lease> leases) {
            through(Call.RETURN, () -> {
                session.returnUnstarted(leases);
                return null;
            });
        }

        @Override
        public Beat renew() {
            return through(Call.RENEW, session::renew);
        }

        @Override
        public Sweep sweep() {
            return through(Call.SWEEP, session::sweep);
        }

        @Override
        public void close() {
            through(Call.CLOSE_SESSION, () -> {
                session.close();
                return null;
            });
        }
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        return through(Call.SEND, () -> real.send(jobs));
    }

    @Override
    public Set<Capability> capabilities() {
        return real.capabilities();
    }

    @Override
    public Set<String> queues() {
        return real.queues();
    }

    @Override
    public void pause(String queue) {
        real.pause(queue);
    }

    @Override
    public void resume(String queue) {
        real.resume(queue);
    }

    @Override
    public void check() {
        real.check();
    }

    @Override
    public String describe() {
        return "faulty " + real.describe();
    }

    @Override
    public QueueStats stats(String queue) {
        return real.stats(queue);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return real.find(queue, id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return real.list(queue, place, offset, limit);
    }

    @Override
    public Housekeeping housekeeping() {
        return real.housekeeping();
    }

    @Override
    public CronLedger crons() {
        return new FaultyCrons(real.crons());
    }

    @Override
    public BatchLedger batches() {
        return real.batches();
    }

    @Override
    public LimitLedger limits() {
        return real.limits();
    }

    private final class FaultyCrons implements CronLedger {
        private final CronLedger kept;

        private FaultyCrons(CronLedger kept) {
            this.kept = kept;
        }

        @Override
        public Instant now() {
            return kept.now();
        }

        @Override
        public Due due(int most) {
            return through(Call.CRON_DUE, () -> kept.due(most));
        }

        @Override
        public List<Boolean> apply(List<Change> changes) {
            return through(Call.CRON_APPLY, () -> kept.apply(changes));
        }

        @Override
        public Optional<Kept> find(String name) {
            return kept.find(name);
        }

        @Override
        public long size() {
            return kept.size();
        }

        @Override
        public List<Kept> list(int offset, int limit) {
            return kept.list(offset, limit);
        }

        @Override
        public boolean delete(String name) {
            return kept.delete(name);
        }

        @Override
        public boolean isUnderWay(String queue, JobId id) {
            return kept.isUnderWay(queue, id);
        }
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return real.result(queue, id);
    }

    @Override
    public CancelResult cancel(String queue, JobId id) {
        return real.cancel(queue, id);
    }

    @Override
    public void close() {
        real.close();
    }
}
