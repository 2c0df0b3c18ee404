package io.goose.it.bench;

import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** The Redis that everything is measured on: our own, nothing kept on disk. */
final class Target implements Measured.Server, AutoCloseable {

    private final RedisServer server = Redis.version("7.0").server().start();
    private final Jedis admin = connect();

    Jedis connect() {
        return new Jedis(new HostAndPort(server.host(), server.port()));
    }

    String url() {
        return server.url().toString();
    }

    /** Processor time of the server, system and user. */
    @Override
    public long cpuNanos() {
        double seconds = 0;
        for (String line : admin.info("cpu").lines().toList()) {
            if (line.startsWith("used_cpu_sys:") || line.startsWith("used_cpu_user:")) {
                seconds += Double.parseDouble(line.substring(line.indexOf(':') + 1));
            }
        }
        return (long) (seconds * 1e9);
    }

    void clear() {
        admin.flushAll();
    }

    @Override
    public void close() {
        admin.close();
        server.close();
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
