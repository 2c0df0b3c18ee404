package io.goose.it.server;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A server somebody else runs.
 *
 * @param url its address
 * @param version what it says of itself
 */
record GivenRedis(URI url, Version version) implements RedisEndpoint {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int DEFAULT_PORT = 6379;

    /**
     * Connects and asks for the version.
     *
     * @throws ServerUnavailableException if it cannot be reached: who gives an address means it
     */
    static GivenRedis at(URI url) {
        SocketFactory sockets =
                "rediss".equals(url.getScheme()) ? SSLSocketFactory.getDefault() : SocketFactory.getDefault();
        int port = url.getPort() < 0 ? DEFAULT_PORT : url.getPort();
        try (RespClient client = RespClient.connect(sockets, url.getHost(), port, PATIENCE)) {
            authenticate(client, url.getUserInfo());
            String info = client.text("INFO", "server");
            Version version = Version.find("redis_version:", info)
                    .orElseThrow(() -> new IOException("INFO names no redis_version"));
            return new GivenRedis(url, version);
        } catch (IOException e) {
            throw new ServerUnavailableException(
                    "no Redis answers at the address given by -D" + Redis.URL_PROPERTY + " (" + url.getHost() + ":"
                            + port + "): " + e.getMessage() + "; mend the address or leave the property out",
                    e);
        }
    }

    private static void authenticate(RespClient client, @Nullable String userInfo) throws IOException {
        if (userInfo == null) {
            return;
        }
        int colon = userInfo.indexOf(':');
        String user = colon > 0 ? userInfo.substring(0, colon) : "default";
        client.call("AUTH", user, userInfo.substring(colon + 1));
    }

    /** Does nothing: it is not ours to end. */
    @Override
    public void close() {}
}
