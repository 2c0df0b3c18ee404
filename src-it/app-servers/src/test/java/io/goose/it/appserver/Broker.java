package io.goose.it.appserver;

import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import java.net.URI;
import java.util.List;
import java.util.Set;
import redis.clients.jedis.Jedis;

/** A Redis for one IT, empty at the start. */
final class Broker implements AutoCloseable {

    private final RedisServer redis;

    Broker() {
        redis = RedisServer.startAny();
    }

    /** One that wants this password. */
    Broker(String password) {
        redis = Redis.any().server().password(password).start();
    }

    URI url() {
        return redis.url();
    }

    /** The clients that are connected, one a line, without the one that asks. */
    List<String> clients() {
        try (Jedis client = new Jedis(url())) {
            long self = client.clientId();
            return client.clientList()
                    .lines()
                    .filter(line -> !line.startsWith("id=" + self + " "))
                    .toList();
        }
    }

    /** The keys that match a pattern. */
    Set<String> keys(String pattern) {
        try (Jedis client = new Jedis(url())) {
            return client.keys(pattern);
        }
    }

    /** Ends it at once; what it has is gone. */
    void kill() {
        redis.kill();
    }

    /** Starts it again at its address, unless it runs. */
    void start() {
        redis.start();
    }

    @Override
    public void close() {
        redis.close();
    }
}
