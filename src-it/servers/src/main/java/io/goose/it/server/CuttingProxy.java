package io.goose.it.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between clients and a server. When told to, it keeps from the clients what the server says, and then cuts their
 * connections: what they sent is done, and they do not hear of it. Thread-safe.
 */
public final class CuttingProxy implements AutoCloseable {

    private final SocketPairs pairs;
    private final Set<Socket> unheard = ConcurrentHashMap.newKeySet();

    /** A proxy of this server, on a free port. */
    public CuttingProxy(ServerProcess server) {
        pairs = new SocketPairs(server, this::connect);
    }

    /** Where clients find it, on this machine. */
    public int port() {
        return pairs.port();
    }

    /** From now on nothing that the server says arrives on the connections that there are. */
    public void keepReplies() {
        unheard.addAll(pairs.sockets());
    }

    /** Ends the connections that there are. */
    public void cut() {
        pairs.cut();
    }

    private void connect(Socket client, Socket upstream) {
        SocketPairs.daemon(() -> pass(client, upstream, Set.of()), "proxy-requests");
        SocketPairs.daemon(() -> pass(upstream, client, unheard), "proxy-replies");
    }

    private void pass(Socket from, Socket to, Set<Socket> dropped) {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!dropped.contains(from)) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException ended) {
            // One side is gone, so the other goes, too.
        } finally {
            pairs.end(from);
            pairs.end(to);
        }
    }

    @Override
    public void close() {
        pairs.close();
    }
}
