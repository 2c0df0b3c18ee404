package io.goose.broker.redis;

import io.goose.spi.PoolUse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/** One server that writes everything: a standalone one, or the primary that Sentinels name. */
final class PrimaryTopology implements Topology {

    /** Where the primary is. */
    interface Locator {
        HostAndPort locate() throws RedisFault;
    }

    private static final Logger LOG = System.getLogger(PrimaryTopology.class.getPackageName());
    private static final long REVIEW_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Locator locator;
    private final Function<HostAndPort, Node> nodes;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Node primary; // written under lock
    private volatile boolean trusted;
    private volatile boolean closed;
    private volatile long reviewed = System.nanoTime(); // written under lock
    private final LastFailure lastFailure = new LastFailure(); // guarded by lock

    PrimaryTopology(Locator locator, Function<HostAndPort, Node> nodes) {
        this.locator = locator;
        this.nodes = nodes;
    }

    @Override
    public Node nodeFor(byte[] key) throws RedisFault {
        Node known = primary;
        return known != null && trusted ? known : locate();
    }

    private Node locate() throws RedisFault {
        long begun = System.nanoTime();
        lock.lock();
        try {
            Node known = primary;
            if (known != null && trusted) {
                return known;
            }
            lastFailure.rethrowIfAfter(begun);
            HostAndPort address;
            try {
                address = locator.locate();
            } catch (RedisFault failed) {
                lastFailure.set(failed);
                throw failed;
            }
            if (known == null || !known.address().equals(address)) {
                if (known != null) {
                    known.close();
                }
                known = nodes.apply(address);
                primary = known;
                if (closed) { // meanwhile, and saw the one before
                    known.close();
                }
            }
            trusted = true;
            return known;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isCluster() {
        return false;
    }

    /**
     * A primary that is cut off from its Sentinels goes on writing for those who are connected to it, and what it writes is lost:
     * so they are asked in good times too.
     */
    @Override
    public void review() {
        Node known = primary;
        long now = System.nanoTime();
        if (!trusted || known == null || now - reviewed < REVIEW_NANOS || !lock.tryLock()) {
            return;
        }
        try {
            reviewed = now;
            if (!locator.locate().equals(known.address())) {
                trusted = false;
            }
        } catch (RedisFault away) {
            reviewed = now + REVIEW_NANOS * 5; // each attempt costs whoever sends the time to connect
            LOG.log(Level.DEBUG, "no Sentinel answers: {0}", away.getMessage()); // the primary does, so work goes on
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Node at(HostAndPort address) {
        throw new IllegalStateException("a server that is no part of a cluster redirected to " + address);
    }

    @Override
    public List<Node> all() throws RedisFault {
        return List.of(nodeFor(new byte[0]));
    }

    @Override
    public Optional<PoolUse> use() {
        return Optional.ofNullable(primary).map(Node::use);
    }

    @Override
    public void distrust(Node node) {
        trusted = false;
    }

    @Override
    public void moved(int slot, HostAndPort address) {
        throw new IllegalStateException("a server that is no part of a cluster redirected to " + address);
    }

    @Override
    public void close() {
        closed = true;
        Node known = primary;
        if (known != null) {
            known.close();
        }
    }
}
