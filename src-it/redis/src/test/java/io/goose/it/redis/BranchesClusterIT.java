package io.goose.it.redis;

import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisCluster;
import io.goose.it.server.RedisServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Branches whose queues, and the list of them, are on different servers of a cluster. */
final class BranchesClusterIT extends BranchesBase {

    private @Nullable RedisCluster cluster;

    @Override
    Map<String, String> start(List<FaultyProxy> through) throws IOException {
        RedisCluster started = Redis.version("7.0")
                .cluster()
                .servers(server -> server.appendOnly(Fsync.ALWAYS))
                .start();
        cluster = started;
        LostReplies.announce(started, through);
        return Map.of(
                "mode",
                "cluster",
                "nodes",
                through.stream().map(proxy -> proxy.host() + ":" + proxy.port()).collect(Collectors.joining(",")));
    }

    @Override
    List<RedisServer> servers() {
        RedisCluster started = cluster;
        return started == null ? List.of() : started.nodes();
    }

    @Override
    void stop() {
        RedisCluster started = cluster;
        if (started != null) {
            started.close();
        }
    }
}
