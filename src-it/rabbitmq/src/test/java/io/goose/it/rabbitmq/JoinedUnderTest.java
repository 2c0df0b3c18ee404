package io.goose.it.rabbitmq;

import io.goose.broker.composed.ComposedBroker;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.broker.redis.RedisBrokerFactory;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.spi.GuardedLedger;
import io.goose.spi.Track;
import io.goose.spi.WorkerThreads;
import io.goose.tck.BrokerUnderTest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** RabbitMQ joined with the ledger of another broker. */
final class JoinedUnderTest implements BrokerUnderTest {

    static final WorkerThreads THREADS = (name, body) -> {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    };

    private final RabbitUnderTest rabbit;
    private final BrokerFactory ledgers;
    private final Map<String, String> properties;
    private final Track track;
    private final Queue<Broker> owners = new ConcurrentLinkedQueue<>();

    private JoinedUnderTest(
            RabbitUnderTest rabbit, BrokerFactory ledgers, Map<String, String> properties, Track track) {
        this.rabbit = rabbit;
        this.ledgers = ledgers;
        this.properties = properties;
        this.track = track;
    }

    /** With a ledger in a database of its own. */
    static JoinedUnderTest withH2(RabbitUnderTest rabbit, Track track) {
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + rabbit.namespace() + ";LOCK_TIMEOUT=20000;DB_CLOSE_DELAY=-1", "sa", "");
        pool.setMaxConnections(30);
        return withDatabase(rabbit, pool, track);
    }

    /** With a ledger in a database that others use too. */
    static JoinedUnderTest withDatabase(RabbitUnderTest rabbit, DataSource database, Track track) {
        return new JoinedUnderTest(rabbit, JdbcBrokerFactory.of(database), Map.of(), track);
    }

    /** With a ledger in Redis. */
    static JoinedUnderTest withRedis(RabbitUnderTest rabbit, String url, Track track) {
        return new JoinedUnderTest(rabbit, new RedisBrokerFactory(), Map.of("url", url), track);
    }

    @Override
    public Broker connect(DeadRetention dead) {
        Broker owner = ledgers.create(
                new BrokerSettings("books", rabbit.namespace(), properties, Duration.ofHours(1), dead), THREADS);
        owners.add(owner);
        GuardedLedger ledger = owner.ledgerFor("rabbit").orElseThrow();
        return RabbitUnderTest.gathering(new ComposedBroker(rabbit.transport(dead, ledger), ledger, track, THREADS));
    }

    @Override
    public boolean replacesWhatWaits() {
        return false;
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> all = EnumSet.of(
                Capability.DELAY,
                Capability.SCHEDULED_LIST,
                Capability.PAUSE,
                Capability.CRON,
                Capability.CANCEL,
                Capability.UNIQUE,
                Capability.BATCH,
                Capability.STATUS);
        if (track == Track.ALL) {
            all.addAll(EnumSet.of(
                    Capability.WAITING_LIST,
                    Capability.WAITING_FIND,
                    Capability.WAITING_DELETE,
                    Capability.PRIORITISE));
        }
        return all;
    }

    @Override
    public boolean prioritisesAhead() {
        return false;
    }

    @Override
    public KnownIds knownIds() {
        return track == Track.ALL ? KnownIds.ALL : KnownIds.MARKED;
    }

    @Override
    public Counting counting() {
        return track == Track.ALL ? Counting.UNTIL_REDELIVERED : Counting.WAITING_ONLY;
    }

    @Override
    public Handing handing() {
        return Handing.PUSHED;
    }

    @Override
    public Duration shortLease() {
        return rabbit.shortLease();
    }

    @Override
    public void close() {
        owners.forEach(Broker::close);
        rabbit.close();
    }
}
