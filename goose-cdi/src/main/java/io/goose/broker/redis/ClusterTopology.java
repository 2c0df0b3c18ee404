package io.goose.broker.redis;

import io.goose.broker.redis.RedisFault.Kind;
import io.goose.spi.PoolUse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;

/** The slot map of a cluster, corrected by redirections and read anew when a node fails. */
final class ClusterTopology implements Topology {

    private final List<HostAndPort> seeds;
    private final Connector connector;
    private final Function<HostAndPort, Node> factory;
    private final Map<HostAndPort, Node> nodes = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<Node> slots = new AtomicReferenceArray<>(Protocol.CLUSTER_HASHSLOTS);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean trusted;
    private volatile boolean closed;
    private final Set<HostAndPort> distrusted = ConcurrentHashMap.newKeySet(); // asked last
    private final LastFailure lastFailure = new LastFailure(); // guarded by lock
    private @Nullable HostAndPort lastAnswered; // guarded by lock

    ClusterTopology(List<HostAndPort> seeds, Connector connector, Function<HostAndPort, Node> factory) {
        this.seeds = List.copyOf(seeds);
        this.connector = connector;
        this.factory = factory;
    }

    @Override
    public Node nodeFor(byte[] key) throws RedisFault {
        int slot = JedisClusterCRC16.getSlot(key);
        Node node = trusted ? slots.get(slot) : null;
        if (node == null) {
            read();
            node = slots.get(slot);
        }
        if (node == null) {
            trusted = false;
            throw new RedisFault(Kind.NOT_NOW, "no node of the cluster serves slot " + slot, null);
        }
        return node;
    }

    @Override
    public Node at(HostAndPort address) {
        Node node = nodes.computeIfAbsent(address, factory);
        if (closed) {
            node.close();
        }
        return node;
    }

    @Override
    public List<Node> all() throws RedisFault {
        if (!trusted) {
            read();
        }
        Set<Node> all = new LinkedHashSet<>();
        for (int slot = 0; slot < slots.length(); slot++) {
            Node node = slots.get(slot);
            if (node != null) {
                all.add(node);
            }
        }
        return List.copyOf(all);
    }

    @Override
    public boolean isCluster() {
        return true;
    }

    @Override
    public void review() {
        // a node that does not write a slot any more says so
    }

    @Override
    public void distrust(Node node) {
        distrusted.add(node.address());
        trusted = false;
    }

    @Override
    public void moved(int slot, HostAndPort address) {
        slots.set(slot, at(address));
    }

    /** Asks one node after the other for the slots. */
    private void read() throws RedisFault {
        long begun = System.nanoTime();
        lock.lock();
        try {
            if (trusted) {
                return;
            }
            lastFailure.rethrowIfAfter(begun);
            List<String> failures = new ArrayList<>();
            boolean refused = false;
            for (HostAndPort address : inOrder()) {
                try {
                    fill(ask(address), address);
                    lastAnswered = address;
                    distrusted.remove(address);
                    trusted = true;
                    return;
                } catch (RedisFault fault) {
                    distrusted.add(address);
                    failures.add(address + ": " + fault.getMessage());
                    refused |= fault.kind() == Kind.REFUSED;
                }
            }
            RedisFault failure = new RedisFault(
                    refused ? Kind.REFUSED : Kind.UNREACHABLE,
                    "no node tells the slots (" + String.join("; ", failures) + ")",
                    null);
            lastFailure.set(failure);
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The node that answered last comes first and those that failed come last: the calls of all queues wait for this, and are not
     * to wait for a node that is dead. Called with the lock held.
     */
    private Set<HostAndPort> inOrder() {
        Set<HostAndPort> all = new LinkedHashSet<>();
        HostAndPort last = lastAnswered;
        if (last != null) {
            all.add(last);
        }
        all.addAll(nodes.keySet());
        all.addAll(seeds);
        Set<HostAndPort> order = new LinkedHashSet<>(all);
        order.removeAll(distrusted);
        order.addAll(all);
        distrusted.retainAll(all);
        return order;
    }

    private List<?> ask(HostAndPort address) throws RedisFault {
        Connection connection = connector.connect(address);
        try {
            return (List<?>) connection.executeCommand(new CommandArguments(Command.CLUSTER).add("SLOTS"));
        } catch (JedisException failure) {
            throw RedisFault.connecting(failure);
        } finally {
            Connector.discard(connection);
        }
    }

    /** Each range is first, last, the primary as host, port, id, and then the replicas. */
    private void fill(List<?> ranges, HostAndPort asked) throws RedisFault {
        Set<HostAndPort> primaries = new LinkedHashSet<>();
        for (Object entry : ranges) {
            List<?> range = (List<?>) entry;
            List<?> primary = (List<?>) range.get(2);
            byte[] host = (byte[]) primary.get(0);
            HostAndPort address = new HostAndPort(
                    host == null || host.length == 0 ? asked.getHost() : new String(host, StandardCharsets.UTF_8),
                    ((Long) primary.get(1)).intValue());
            primaries.add(address);
            Node node = at(address);
            for (long slot = (Long) range.get(0); slot <= (Long) range.get(1); slot++) {
                slots.set((int) slot, node);
            }
        }
        if (primaries.isEmpty()) {
            throw new RedisFault(Kind.NOT_NOW, "it serves no slots yet", null);
        }
        nodes.forEach((address, node) -> {
            if (!primaries.contains(address) && nodes.remove(address, node)) {
                node.close();
            }
        });
    }

    @Override
    public Optional<PoolUse> use() {
        return nodes.values().stream().map(Node::use).reduce(PoolUse::and);
    }

    @Override
    public void close() {
        closed = true;
        nodes.values().forEach(Node::close);
    }
}
