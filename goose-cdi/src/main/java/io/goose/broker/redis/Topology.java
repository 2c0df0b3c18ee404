package io.goose.broker.redis;

import io.goose.spi.PoolUse;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.HostAndPort;

/** Which server keeps which keys. Thread-safe; finds out on the caller's thread, when it has to. */
interface Topology extends AutoCloseable {

    /** The server that writes this key. */
    Node nodeFor(byte[] key) throws RedisFault;

    /** The server at an address that another one named. */
    Node at(HostAndPort address);

    /** All servers that write. */
    List<Node> all() throws RedisFault;

    /** How much of the connections to all servers that are known is in use; empty if none is. Does no I/O. */
    Optional<PoolUse> use();

    /** Whether servers send calls on to others. */
    boolean isCluster();

    /** Called now and then: looks, if that is due, whether the known server is still the one that writes. Never fails. */
    void review();

    /** A server did not behave as the one that writes: look again before the next call. */
    void distrust(Node node);

    /** A server said that another one keeps this slot now. */
    void moved(int slot, HostAndPort address);

    @Override
    void close();
}
