package io.goose.broker.redis;

import java.util.List;
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

    private final Locator locator;
    private final Function<HostAndPort, Node> nodes;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Node primary; // written under lock
    private volatile boolean trusted;

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
        lock.lock();
        try {
            Node known = primary;
            if (known != null && trusted) {
                return known;
            }
            HostAndPort address = locator.locate();
            if (known == null || !known.address().equals(address)) {
                if (known != null) {
                    known.close();
                }
                known = nodes.apply(address);
                primary = known;
            }
            trusted = true;
            return known;
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
    public void distrust(Node node) {
        trusted = false;
    }

    @Override
    public void moved(int slot, HostAndPort address) {
        throw new IllegalStateException("a server that is no part of a cluster redirected to " + address);
    }

    @Override
    public void close() {
        Node known = primary;
        if (known != null) {
            known.close();
        }
    }
}
