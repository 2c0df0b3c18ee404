package io.goose.it.chaos;

import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisCluster;
import io.goose.it.server.RedisServer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/** Crashes of distributed transactions with a cluster: the queues of one are on several servers. */
@Tag("chaos")
final class XaCrashClusterIT extends XaCrashBase {

    private @Nullable RedisCluster cluster;

    @Override
    Map<String, String> startServers() {
        RedisCluster started = Redis.version("7.0")
                .cluster()
                .servers(server -> server.appendOnly(Fsync.ALWAYS))
                .start();
        cluster = started;
        return Map.of("mode", "cluster", "nodes", String.join(",", started.addresses()));
    }

    @Override
    List<RedisServer> servers() {
        RedisCluster started = cluster;
        return started == null ? List.of() : started.nodes();
    }

    @Override
    void stopServers() {
        RedisCluster started = cluster;
        if (started != null) {
            started.close();
        }
    }
}
