package io.goose.it.chaos;

import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Crashes of distributed transactions with one Redis. */
final class XaCrashIT extends XaCrashBase {

    private @Nullable RedisServer server;

    @Override
    Map<String, String> startServers() {
        RedisServer started =
                Redis.version("7.0").server().appendOnly(Fsync.ALWAYS).start();
        server = started;
        return Map.of("url", started.url().toString());
    }

    @Override
    void stopServers() {
        RedisServer started = server;
        if (started != null) {
            started.close();
        }
    }
}
