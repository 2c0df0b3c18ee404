package io.goose.broker.redis;

import io.goose.broker.net.TlsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Opens sockets to one address, plain or with a TLS handshake that is already done. */
final class SocketMaker implements JedisSocketFactory {

    private final HostAndPort address;
    private final RedisSettings settings;

    SocketMaker(HostAndPort address, RedisSettings settings) {
        this.address = address;
        this.settings = settings;
    }

    /** Tries all addresses of the host. */
    @Override
    public Socket createSocket() {
        JedisConnectionException failures = null;
        try {
            for (InetAddress host : InetAddress.getAllByName(address.getHost())) {
                try {
                    return connect(host);
                } catch (IOException failure) {
                    JedisConnectionException one =
                            new JedisConnectionException("cannot connect to " + address, failure);
                    if (failures == null) {
                        failures = one;
                    } else {
                        failures.addSuppressed(one);
                    }
                }
            }
        } catch (IOException unknown) {
            throw new JedisConnectionException("host '" + address.getHost() + "' is not known", unknown);
        }
        throw failures != null
                ? failures
                : new JedisConnectionException("host '" + address.getHost() + "' has no address");
    }

    private Socket connect(InetAddress host) throws IOException {
        Socket socket = new Socket();
        boolean good = false;
        try {
            socket.setKeepAlive(true);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, address.getPort()), (int)
                    settings.connectTimeout().toMillis());
            socket.setSoTimeout((int) settings.timeout().toMillis());
            Socket made = secured(socket, settings.tls());
            good = true;
            return made;
        } finally {
            if (!good) {
                socket.close();
            }
        }
    }

    private Socket secured(Socket socket, @Nullable TlsSettings tls) throws IOException {
        if (tls == null) {
            return socket;
        }
        SSLSocket secure =
                (SSLSocket) tls.socketFactory().createSocket(socket, address.getHost(), address.getPort(), true);
        secure.setSSLParameters(tls.parameters());
        secure.startHandshake();
        return secure;
    }
}
