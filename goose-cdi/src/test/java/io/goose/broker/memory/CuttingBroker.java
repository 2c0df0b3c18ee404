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
import io.goose.tck.ReplyCutter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A memory broker behind a line that loses replies, and a client that asks again as the contract wants: it shows that the
 * contract of lost replies can be kept, and serves tests that need such a broker without a server.
 */
final class CuttingBroker implements Broker {

    /** Loses the replies it is told to. */
    static final class Line implements ReplyCutter {
        private final Map<Request, AtomicInteger> cuts = new ConcurrentHashMap<>();

        @Override
        public Cut cutNextReply(Request kind) {
            AtomicInteger times = new AtomicInteger();
            cuts.put(kind, times);
            return times::get;
        }

        boolean isCut(Request kind) {
            AtomicInteger ordered = cuts.remove(kind);
            return ordered != null && ordered.incrementAndGet() == 1;
        }
    }

    private final Broker behind;
    private final Line line;

    CuttingBroker(Broker behind, Line line) {
        this.behind = behind;
        this.line = line;
    }

    private static BrokerUnavailableException lostReply() {
        return new BrokerUnavailableException("GOOSE-3099: the reply was lost", null);
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        CompletionStage<List<SendResult>> results = behind.send(jobs);
        return line.isCut(ReplyCutter.Request.SEND)
                ? CompletableFuture.completedFuture(
                        Collections.nCopies(jobs.size(), new SendResult.Unknown(true, lostReply())))
                : results;
    }

    @Override
    public Session open(SessionSpec spec) {
        return new CuttingSession(behind.open(spec));
    }

    private final class CuttingSession implements Session {
        private final Session session;
        private String lostQueue = "";
        private Claim lostClaim = Claim.EMPTY;
        private List<Settlement> lostSettle = List.of();
        private List<Verdict> lostVerdicts = List.of();

        CuttingSession(Session session) {
            this.session = session;
        }

        @Override
        public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
            if (!lostQueue.isEmpty()) {
                Claim lost = lostClaim;
                boolean same = queue.equals(lostQueue);
                lostQueue = "";
                if (same) {
                    return lost;
                }
                session.returnUnstarted(lost.leases());
            }
            Claim claim = session.lease(queue, max, maxBytes, suspects);
            if (line.isCut(ReplyCutter.Request.CLAIM)) {
                lostQueue = queue;
                lostClaim = claim;
                throw lostReply();
            }
            return claim;
        }

        @Override
        public List<Verdict> settle(List<Settlement> settlements) {
            if (!lostSettle.isEmpty() && lostSettle.equals(settlements)) {
                lostSettle = List.of();
                return lostVerdicts;
            }
            List<Verdict> verdicts = session.settle(settlements);
            if (line.isCut(ReplyCutter.Request.SETTLE)) {
                lostSettle = settlements;
                lostVerdicts = verdicts;
                throw lostReply();
            }
            return verdicts;
        }

        @Override
        public Beat renew() {
            if (!lostQueue.isEmpty()) {
                lostQueue = "";
                session.returnUnstarted(lostClaim.leases());
            }
            return session.renew();
        }

        @Override
        public String id() {
            return session.id();
        }

        @Override
        public void await(Duration wait) throws InterruptedException {
            session.await(wait);
        }

        @Override
        public void wake() {
            session.wake();
        }

        @Override
        public void onCancel(CancelListener listener) {
            session.onCancel(listener);
        }

        @Override
        public void returnUnstarted(List<Lease> leases) {
            session.returnUnstarted(leases);
        }

        @Override
        public Sweep sweep() {
            return session.sweep();
        }

        @Override
        public void close() {
            session.close();
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return behind.capabilities();
    }

    @Override
    public Set<String> queues() {
        return behind.queues();
    }

    @Override
    public void pause(String queue) {
        behind.pause(queue);
    }

    @Override
    public void resume(String queue) {
        behind.resume(queue);
    }

    @Override
    public void check() {
        behind.check();
    }

    @Override
    public String describe() {
        return behind.describe();
    }

    @Override
    public QueueStats stats(String queue) {
        return behind.stats(queue);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return behind.find(queue, id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return behind.list(queue, place, offset, limit);
    }

    @Override
    public Housekeeping housekeeping() {
        return behind.housekeeping();
    }

    @Override
    public CronLedger crons() {
        return behind.crons();
    }

    @Override
    public BatchLedger batches() {
        BatchLedger ledger = behind.batches();
        return (BatchLedger) Proxy.newProxyInstance(
                CuttingBroker.class.getClassLoader(), new Class<?>[] {BatchLedger.class}, (self, method, arguments) -> {
                    Object result = call(ledger, method, arguments);
                    if (method.getName().equals("add") && line.isCut(ReplyCutter.Request.ADD)) {
                        throw lostReply();
                    }
                    return result;
                });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    @Override
    public LimitLedger limits() {
        return behind.limits();
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return behind.result(queue, id);
    }

    @Override
    public CancelResult cancel(String queue, JobId id) {
        return behind.cancel(queue, id);
    }

    @Override
    public void close() {
        behind.close();
    }
}
