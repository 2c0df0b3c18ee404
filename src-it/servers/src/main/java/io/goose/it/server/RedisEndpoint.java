package io.goose.it.server;

import java.net.URI;

/** A Redis server to talk to, started by the test or not. Only a {@link RedisServer} may be disturbed. */
public interface RedisEndpoint extends AutoCloseable {

    /** {@code redis://host:port} or {@code rediss://host:port}, with the default user's password where there is one. */
    URI url();

    /** The server's own version. */
    Version version();

    /** Ends the server if it was started for this endpoint. */
    @Override
    void close();
}
