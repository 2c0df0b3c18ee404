package io.goose.broker.redis;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.Branches;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Capability;
import io.goose.spi.CronLedger;
import io.goose.spi.EvictionListener;
import io.goose.spi.GuardedLedger;
import io.goose.spi.Housekeeping;
import io.goose.spi.LimitLedger;
import io.goose.spi.PoolUse;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisException;

/** The whole contract on Redis. Calls block the caller's thread; the one thread of its own listens for notices. */
final class RedisBroker implements Broker {

    private static final int MOST_IN_A_SEND = 500;

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
            Capability.STATUS,
            Capability.BRANCHES));

    private final RedisParts parts;
    private final Sender sender;
    private final RedisLedger ledger;
    private final Duration sendTimeout;
    private final RedisCrons crons;
    private final RedisBatches batches;
    private final RedisLimits limits;
    private final RedisResults results;
    private final RedisBranches branches;
    private final Set<RedisSession> sessions = ConcurrentHashMap.newKeySet();

    /**
     * @param said what was said already of servers, which is added to
     */
    RedisBroker(BrokerSettings settings, WorkerThreads threads, Map<String, String> said) {
        RedisSettings redis = SettingsReader.settings(settings);
        SetUp setUp = new SetUp(settings.name(), redis, said);
        Connector connector = Connector.toServers(redis);
        Exchange exchange = new Exchange(topology(redis, connector, setUp), redis.describe());
        Registry registry = new Registry(exchange, settings.namespace());
        Records records = new Records();
        BatchKeys homes = new BatchKeys(exchange, registry);
        BatchManner manner = BatchManner.ofBroker(settings.dedupeRetention());
        this.parts = new RedisParts(
                settings,
                exchange,
                registry,
                records,
                new SettleCall.Writer(records, registry.wakePrefix(), settings.dead(), settings.dedupeRetention()),
                new Effects(
                        exchange,
                        new EffectSender(registry, settings.dedupeRetention()),
                        new BatchMarks(homes, manner)),
                new Eviction(settings.dead()),
                new Notices(exchange, connector, threads, registry, settings.name()));
        this.ledger = new RedisLedger(parts);
        this.sender = new Sender(parts, redis, new UniqueSends.Asking(parts, ledger::find));
        this.limits = new RedisLimits(parts);
        this.sendTimeout = redis.sendTimeout();
        this.batches = new RedisBatches(homes, records, parts.effects(), manner);
        this.results = new RedisResults(exchange, registry);
        this.branches = new RedisBranches(parts, sender, sessions);
        this.crons = new RedisCrons(
                exchange,
                registry,
                records,
                new RedisCrons.Manner(Script.CRON_APPLY, settings.dedupeRetention(), ledger::find));
    }

    private static Topology topology(RedisSettings redis, Connector connector, SetUp setUp) {
        Function<HostAndPort, Node> nodes = address -> new Node(address, connector, setUp, redis);
        RedisSettings.Sentinel sentinel = redis.sentinel();
        if (redis.mode() == RedisSettings.Mode.CLUSTER) {
            return new ClusterTopology(redis.nodes(), connector, nodes);
        }
        if (sentinel != null) {
            return new PrimaryTopology(
                    new SentinelLocator(Connector.toSentinels(redis), redis.nodes(), sentinel.master()), nodes);
        }
        HostAndPort only = redis.nodes().get(0);
        return new PrimaryTopology(() -> only, nodes);
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        if (jobs.size() > MOST_IN_A_SEND) {
            throw new IllegalArgumentException(
                    "at most " + MOST_IN_A_SEND + " jobs can be sent at once, not " + jobs.size());
        }
        return CompletableFuture.completedFuture(sender.send(jobs));
    }

    @Override
    public Optional<GuardedLedger> ledgerFor(String target) {
        BrokerSettings settings = parts.settings();
        Registry queues = new Registry(parts.exchange(), settings.namespace() + ":ledger:" + target);
        return Optional.of(new Guards(new GuardParts(
                settings, parts.exchange(), queues, parts.records(), new Eviction(settings.dead()), sendTimeout)));
    }

    @Override
    public Session open(SessionSpec spec) {
        RedisSession[] self = new RedisSession[1];
        RedisSession session = new RedisSession(parts, spec, () -> sessions.remove(self[0])).open();
        self[0] = session;
        sessions.add(session);
        return session;
    }

    @Override
    public Set<Capability> capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Set<String> queues() {
        return Collections.unmodifiableSet(parts.registry().queues());
    }

    @Override
    public void pause(String queue) {
        ledger.pause(queue, true);
    }

    @Override
    public void resume(String queue) {
        ledger.pause(queue, false);
    }

    @Override
    public void check() {
        Exchange exchange = parts.exchange();
        try {
            for (Node node : exchange.topology().all()) {
                check(exchange, node);
            }
        } catch (RedisFault fault) {
            throw exchange.exception("work", fault);
        }
    }

    private static void check(Exchange exchange, Node node) throws RedisFault {
        Connection connection;
        try {
            connection = node.borrow().connection();
        } catch (RedisFault fault) {
            exchange.topology().distrust(node);
            throw fault;
        }
        boolean good = false;
        try {
            connection.ping();
            good = true;
        } catch (JedisException failure) {
            exchange.topology().distrust(node);
            throw RedisFault.connecting(failure);
        } finally {
            if (good) {
                node.giveBack(connection);
            } else {
                node.throwAway(connection);
            }
        }
    }

    @Override
    public Optional<PoolUse> poolUse() {
        return parts.exchange().topology().use();
    }

    @Override
    public String describe() {
        return parts.exchange().where();
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
    public void onEviction(EvictionListener listener) {
        parts.eviction().listen(listener);
    }

    @Override
    public Housekeeping housekeeping() {
        return ledger.housekeeping();
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
    public Branches branches() {
        return branches;
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return results.find(queue, id);
    }

    @Override
    public CancelResult cancel(String queue, JobId id) {
        return ledger.cancel(queue, id);
    }

    @Override
    public void close() {
        parts.notices().close();
        parts.exchange().close();
        sessions.forEach(RedisSession::wake);
        sessions.clear();
    }
}
