package io.goose.broker.jdbc;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.CancelWatch;
import io.goose.spi.Capability;
import io.goose.spi.CronLedger;
import io.goose.spi.EvictionListener;
import io.goose.spi.GuardedLedger;
import io.goose.spi.Housekeeping;
import io.goose.spi.LimitLedger;
import io.goose.spi.Outbox;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.WorkerThreads;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** The whole contract on a relational database. Calls block the caller's thread; threads of its own are for notices
 * only. */
final class JdbcBroker implements Broker {

    private static final int MOST_IN_A_SEND = 500;

    static final Set<Capability> CAPABILITIES = Collections.unmodifiableSet(EnumSet.of(
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
            Capability.STATUS,
            Capability.JOINS_TRANSACTION,
            Capability.TRANSACTIONAL_SETTLE));

    private final Database database;
    private final Queues queues;
    private final Sender sender;
    private final JdbcLedger ledger;
    private final Housekeeping housekeeping;
    private final JdbcOutbox outbox;
    private final JdbcCrons crons;
    private final JdbcBatches batches;
    private final JdbcLimits limits;
    private final ResultRows results;
    private final BrokerSettings settings;
    private final JdbcParts parts;
    private final Notices notices;
    private final CancelWatch watch;
    private final Set<JdbcSession> sessions = ConcurrentHashMap.newKeySet();

    JdbcBroker(BrokerSettings settings, Database database, DataSource listenSource, WorkerThreads threads) {
        this.settings = settings;
        this.database = database;
        this.queues = new Queues(database, settings.namespace());
        Rows rows = new Rows();
        Burials burials = new Burials(settings.dead());
        this.sender = new Sender(database, queues);
        this.ledger = new JdbcLedger(database, queues, rows, burials);
        this.batches = new JdbcBatches(database, queues, sender::insertPrepared, this::signal);
        this.housekeeping = new JdbcHousekeeping(database, queues, rows, this::signal, batches);
        this.results = new ResultRows(database, queues, System::nanoTime);
        this.outbox = new JdbcOutbox(database, settings.namespace());
        this.crons = new JdbcCrons(
                database,
                queues,
                (statements, jobs) -> sender.insertPrepared(statements, jobs),
                ledger::find,
                this::signal);
        this.notices = new Notices(
                database,
                listenSource,
                threads,
                settings.namespace(),
                () -> sessions.stream().map(JdbcSession::id).toList(),
                this::noticed);
        this.watch = new CancelWatch(
                threads, () -> sessions.forEach(session -> session.told().look()));
        this.parts = new JdbcParts(
                database,
                rows,
                new Sessions(database, queues, rows),
                new Settling(queues, sender, burials),
                burials,
                new Upkeep(database, queues, burials, settings.dedupeRetention(), System::nanoTime),
                this::signal,
                notices,
                new JoinedSettles(database),
                new Cancels(database, queues),
                batches,
                new LimitedQueues(this::signalHere));
        this.limits = new JdbcLimits(database, queues, this::signal);
    }

    /** Something became ready: ends the waits of sessions of the queue. */
    private void signal(String queue) {
        signalHere(queue);
        notices.announce(queue);
    }

    private void noticed(String notice) {
        if (notice.isEmpty()) { // the connection for notices is new
            sessions.forEach(session -> session.told().missed());
        }
        if (!Notices.isCancel(notice, this::tellCancelled)) {
            signalHere(notice);
        }
    }

    /** Tells the session with a lease, if it is one of this process; whether it is. */
    private boolean tellCancelled(String session, JobId id, long token) {
        Optional<JdbcSession> holder =
                sessions.stream().filter(one -> one.id().equals(session)).findFirst();
        holder.ifPresent(one -> one.told().tell(id, token));
        return holder.isPresent();
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return results.find(queue, id);
    }

    @Override
    public CancelResult cancel(String queue, JobId id) {
        Cancels.Answer answer = parts.cancels().cancel(queue, id);
        batches.changed(List.of(id));
        Cancels.Noted noted = answer.noted();
        if (noted != null && !tellCancelled(noted.session(), id, noted.token())) {
            notices.sendCancel(noted);
        }
        return answer.result();
    }

    /** Ends the waits of this process's sessions of a queue, of all for an empty name. */
    private void signalHere(String queue) {
        for (JdbcSession session : sessions) {
            if (queue.isEmpty() || session.serves(queue)) {
                session.signalReady();
            }
        }
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        mustBeFew(jobs);
        List<SendResult> results = sender.send(jobs);
        jobs.stream().map(QueuedJob::queue).distinct().forEach(this::signal);
        return CompletableFuture.completedFuture(results);
    }

    private static void mustBeFew(List<QueuedJob> jobs) {
        if (jobs.size() > MOST_IN_A_SEND) {
            throw new IllegalArgumentException(
                    "at most " + MOST_IN_A_SEND + " jobs can be sent at once, not " + jobs.size());
        }
    }

    @Override
    public void prepareQueues(Set<String> names) {
        sender.prepare(names);
    }

    @Override
    public List<SendResult> sendInTransaction(List<QueuedJob> jobs) {
        mustBeFew(jobs);
        return sender.sendInTransaction(jobs);
    }

    @Override
    public void committed(Set<String> names) {
        names.forEach(this::signal);
    }

    @Override
    public Optional<Outbox> outbox() {
        return Optional.of(outbox);
    }

    @Override
    public Optional<GuardedLedger> ledgerFor(String target) {
        String ledger = settings.namespace() + "/" + target;
        return Optional.of(new GuardRows(
                database,
                new Queues(database, ledger),
                new Rows(),
                new Burials(settings.dead()),
                settings.dedupeRetention(),
                new GuardAsked(database, ledger)));
    }

    @Override
    public Session open(SessionSpec spec) {
        try {
            JdbcSession[] self = new JdbcSession[1];
            JdbcSession session = new JdbcSession(parts, spec, () -> sessions.remove(self[0]));
            self[0] = session;
            sessions.add(session);
            if (notices.exist()) {
                notices.listen();
            } else {
                watch.start();
            }
            return session;
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Set<String> queues() {
        return Collections.unmodifiableSet(queues.names());
    }

    @Override
    public void pause(String queue) {
        setPaused(queue, true);
    }

    @Override
    public void resume(String queue) {
        setPaused(queue, false);
    }

    private void setPaused(String queue, boolean paused) {
        try {
            ledger.pause(queue, paused);
            signal(queue);
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    @Override
    public void check() {
        database.inTransaction("ask for a sign of life", statements -> statements.number("SELECT {now}"));
    }

    @Override
    public String describe() {
        return database.where();
    }

    @Override
    public QueueStats stats(String queue) {
        return ledger.stats(queue);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return ledger.find(queue, id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return ledger.list(queue, place, offset, limit);
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    @Override
    public void onEviction(EvictionListener listener) {
        parts.burials().listen(listener);
    }

    @Override
    public CronLedger crons() {
        return crons;
    }

    @Override
    public BatchLedger batches() {
        return batches;
    }

    @Override
    public LimitLedger limits() {
        return limits;
    }

    @Override
    public void close() {
        notices.close();
        watch.close();
        database.close();
        sessions.forEach(JdbcSession::wake);
        sessions.clear();
    }
}
