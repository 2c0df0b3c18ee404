package io.goose.it.redis;

import io.goose.it.server.Redis;
import io.goose.it.server.RedisCluster;
import io.goose.it.server.RedisSentinel;
import io.goose.it.server.RedisServer;
import io.goose.it.server.TlsFiles;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import java.util.List;
import java.util.Map;

/**
 * Servers that run, and how a broker is configured to use them.
 *
 * @param properties without the prefix of the broker's name
 * @param servers those that hold jobs
 * @param ending ends the servers
 */
record RedisSetUp(Map<String, String> properties, List<RedisServer> servers, AutoCloseable ending) implements TckSetUp {

    /** An ACL user of {@link #secured} that may only do what Goose's manual says it needs. */
    private static final String[] RIGHTS = {
        "~tck*", "&tck*", "+@all", "-@dangerous", "+info", "+config|get", "+script", "+wait"
    };

    /** One server of a release line. */
    static RedisSetUp standalone(String version) {
        return standalone(Redis.version(version));
    }

    /** One server of a version that is new enough for {@code WAITAOF}. */
    static RedisSetUp newest() {
        return standalone(Redis.atLeast("7.2"));
    }

    private static RedisSetUp standalone(Redis redis) {
        RedisServer server = redis.server().start();
        return new RedisSetUp(Map.of("url", server.url().toString()), List.of(server), server);
    }

    /** A primary and two replicas, found through three Sentinels. */
    static RedisSetUp sentinel() {
        RedisSentinel sentinel = Redis.version("7.0").sentinel().start();
        return new RedisSetUp(
                Map.of(
                        "sentinel.master",
                        RedisSentinel.PRIMARY_NAME,
                        "nodes",
                        String.join(",", sentinel.sentinelAddresses())),
                List.of(sentinel.primary()),
                sentinel);
    }

    /** Three primaries. */
    static RedisSetUp cluster() {
        RedisCluster cluster = Redis.version("7.0").cluster().start();
        return new RedisSetUp(
                Map.of("mode", "cluster", "nodes", String.join(",", cluster.addresses())), cluster.nodes(), cluster);
    }

    /** One server that takes TLS only, and a user with few rights. */
    static RedisSetUp secured() {
        TlsFiles files = TlsFiles.create();
        RedisServer server = Redis.version("7.0")
                .server()
                .tls(files)
                .password("operators")
                .user("goose", "worker", RIGHTS)
                .start();
        return new RedisSetUp(
                Map.of(
                        "url", "rediss://" + server.host() + ":" + server.port(),
                        "username", "goose",
                        "password", "worker",
                        "tls.truststore", files.trustStore().toString(),
                        "tls.truststore-password", files.password(),
                        "tls.keystore", files.clientKeyStore().toString(),
                        "tls.keystore-password", files.password()),
                List.of(server),
                server);
    }

    @Override
    public BrokerUnderTest broker() {
        return new RedisUnderTest(properties);
    }

    @Override
    public void close() throws Exception {
        ending.close();
    }
}
