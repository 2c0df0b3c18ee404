package io.goose.broker.redis;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.exceptions.JedisException;

/** Makes connections that are logged in and have answered once. Immutable; starts no thread. */
final class Connector {

    private final RedisSettings settings;
    private final JedisClientConfig config;

    private Connector(RedisSettings settings, JedisClientConfig config) {
        this.settings = settings;
        this.config = config;
    }

    /** For the servers that keep the jobs. */
    static Connector toServers(RedisSettings settings) {
        return new Connector(
                settings,
                config(settings, settings.username(), settings.password())
                        .database(settings.database())
                        .build());
    }

    /** For the Sentinels. */
    static Connector toSentinels(RedisSettings settings) {
        RedisSettings.Sentinel sentinel = settings.sentinel();
        return new Connector(
                settings,
                config(
                                settings,
                                sentinel == null ? null : sentinel.username(),
                                sentinel == null ? null : sentinel.password())
                        .build());
    }

    private static DefaultJedisClientConfig.Builder config(
            RedisSettings settings, @Nullable String username, @Nullable String password) {
        DefaultJedisClientConfig.Builder builder = DefaultJedisClientConfig.builder()
                .protocol(RedisProtocol.RESP2)
                .autoNegotiateProtocol(false)
                .socketTimeoutMillis((int) settings.timeout().toMillis())
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (password != null) {
            builder.user(username).password(password);
        }
        return builder;
    }

    /** Connects, logs in and waits for a sign of life, so that whatever is wrong shows before anything is sent. */
    Connection connect(HostAndPort address) throws RedisFault {
        return connect(address, 0);
    }

    /**
     * Like {@link #connect(HostAndPort)}, with another limit for reading.
     *
     * @param readTimeoutMillis how long a read waits; 0 for the configured time
     */
    Connection connect(HostAndPort address, int readTimeoutMillis) throws RedisFault {
        Connection connection = null;
        try {
            connection = Connection.builder()
                    .socketFactory(new SocketMaker(address, settings))
                    .clientConfig(config)
                    .build();
            connection.ping();
            if (readTimeoutMillis > 0) {
                connection.setSoTimeout(readTimeoutMillis);
            }
            return connection;
        } catch (JedisException failure) {
            if (connection != null) {
                discard(connection);
            }
            throw RedisFault.connecting(failure);
        }
    }

    /** Ends a connection, whatever state it is in. */
    static void discard(Connection connection) {
        try {
            connection.forceDisconnect();
        } catch (IOException | RuntimeException ignored) { // it is not used again either way
            connection.setBroken();
        }
    }
}
