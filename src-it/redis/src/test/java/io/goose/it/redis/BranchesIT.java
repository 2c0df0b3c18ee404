package io.goose.it.redis;

import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Branches on one server that fsyncs always. */
final class BranchesIT extends BranchesBase {

    private @Nullable RedisServer server;

    @Override
    Map<String, String> start(List<FaultyProxy> through) {
        RedisServer started =
                Redis.version("7.0").server().appendOnly(Fsync.ALWAYS).start();
        server = started;
        FaultyProxy proxy = FaultyProxy.inFrontOf(started);
        through.add(proxy);
        return Map.of("url", "redis://" + proxy.host() + ":" + proxy.port());
    }

    @Override
    List<RedisServer> servers() {
        RedisServer started = server;
        return started == null ? List.of() : List.of(started);
    }

    @Override
    void stop() {
        servers().forEach(RedisServer::close);
    }
}
