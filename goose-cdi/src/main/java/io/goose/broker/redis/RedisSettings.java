package io.goose.broker.redis;

import io.goose.broker.net.TlsSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * How to reach a Redis and how durable it must be; checked values.
 *
 * @param nodes the servers, or the Sentinels; at least one
 * @param database the number of the database; 0 in a cluster
 * @param username null for the default user
 * @param password null for none
 * @param sentinel whom to ask for the primary; null without Sentinel
 * @param tls null for plain connections
 * @param poolMax how many connections to a server at most
 * @param timeout how long an answer may take
 * @param connectTimeout how long connecting may take
 * @param sendTimeout how long a send that was not answered is repeated
 */
record RedisSettings(
        Mode mode,
        List<HostAndPort> nodes,
        int database,
        @Nullable String username,
        @Nullable String password,
        @Nullable Sentinel sentinel,
        @Nullable TlsSettings tls,
        int poolMax,
        Duration timeout,
        Duration connectTimeout,
        Duration sendTimeout,
        Durability durability) {

    /** How the servers are set up. */
    enum Mode {
        STANDALONE,
        SENTINEL,
        CLUSTER
    }

    /**
     * The Sentinels' own names and credentials.
     *
     * @param master the name of the primary
     * @param username null for the default user
     * @param password null for none
     */
    record Sentinel(
            String master,
            @Nullable String username,
            @Nullable String password) {

        @Override
        public String toString() {
            return "Sentinel[" + master + "]";
        }
    }

    RedisSettings {
        nodes = List.copyOf(nodes);
    }

    /** Where this leads, with no credentials. */
    String describe() {
        String hosts = nodes.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
        String scheme = tls == null ? "redis" : "rediss";
        String path = database == 0 ? "" : "/" + database;
        return switch (mode) {
            case STANDALONE -> scheme + "://" + hosts + path;
            case CLUSTER -> scheme + " cluster " + hosts;
            case SENTINEL ->
                scheme + " primary '" + (sentinel == null ? "" : sentinel.master()) + "' of Sentinels " + hosts + path;
        };
    }

    /** Names no credentials. */
    @Override
    public String toString() {
        return describe();
    }
}
