package io.goose.it.redis;

import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisCluster;
import io.goose.it.server.RedisServer;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.LostReplyContract;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * The connection is cut between the execution of a claim, settle or send and its answer, {@code -Dredis.cuts} times in each
 * test. Sentinel is left out: once the primary is found, its client is the one of a standalone server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LostReplies extends LostReplyContract {

    private final List<FaultyProxy> proxies = new ArrayList<>();
    private @Nullable AutoCloseable servers;
    private Map<String, String> properties = Map.of();

    /** Starts the servers, once for all tests. */
    abstract void startServers() throws IOException;

    @BeforeAll
    void start() throws IOException {
        startServers();
    }

    @AfterAll
    void stop() throws Exception {
        proxies.forEach(FaultyProxy::close);
        if (servers != null) {
            servers.close();
        }
    }

    @Override
    protected BrokerUnderTest create() {
        return new RedisUnderTest(properties, proxies);
    }

    final void standalone(String version) {
        RedisServer server = Redis.version(version).server().start();
        servers = server;
        FaultyProxy proxy = FaultyProxy.inFrontOf(server);
        proxies.add(proxy);
        properties = Map.of("url", "redis://" + proxy.host() + ":" + proxy.port());
    }

    /** A cluster whose nodes tell clients the addresses of the proxies before them. */
    final void cluster() throws IOException {
        RedisCluster cluster = Redis.version("7.0").cluster().start();
        servers = cluster;
        announce(cluster, proxies);
        properties = Map.of(
                "mode",
                "cluster",
                "nodes",
                String.join(
                        ",",
                        proxies.stream()
                                .map(proxy -> proxy.host() + ":" + proxy.port())
                                .toList()));
    }

    /** Puts a proxy before each node, whose address the nodes tell clients. */
    static void announce(RedisCluster cluster, List<FaultyProxy> proxies) throws IOException {
        for (RedisServer node : cluster.nodes()) {
            FaultyProxy proxy = FaultyProxy.inFrontOf(node);
            proxies.add(proxy);
            node.call("CONFIG", "SET", "cluster-announce-port", String.valueOf(proxy.port()));
        }
        for (RedisServer node : cluster.nodes()) {
            FaultTest.eventually("the node at port " + node.port() + " knows the proxies", () -> {
                String slots = slots(node);
                return proxies.stream().allMatch(proxy -> slots.contains(", " + proxy.port() + ","));
            });
        }
    }

    private static String slots(RedisServer node) {
        try {
            return String.valueOf(node.call("CLUSTER", "SLOTS"));
        } catch (IOException away) {
            throw new AssertionError("a node of an undisturbed cluster does not answer", away);
        }
    }
}
