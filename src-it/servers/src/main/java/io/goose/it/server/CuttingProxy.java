package io.goose.it.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between clients and a server. When told to, it keeps from the clients what the server says, and then cuts their
 * connections: what they sent is done, and they do not hear of it. Thread-safe.
 */
public final class CuttingProxy implements AutoCloseable {

    private final ServerProcess server;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Socket> unheard = ConcurrentHashMap.newKeySet();

    /** A proxy of this server, on a free port. */
    public CuttingProxy(ServerProcess server) {
        this.server = server;
        try {
            listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(this::accept, "proxy-accept");
    }

    /** Where clients find it, on this machine. */
    public int port() {
        return listener.getLocalPort();
    }

    /** From now on nothing that the server says arrives on the connections that there are. */
    public void keepReplies() {
        unheard.addAll(sockets);
    }

    /** Ends the connections that there are. */
    public void cut() {
        sockets.forEach(this::end);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket upstream = new Socket(server.host(), server.port());
                client.setTcpNoDelay(true);
                upstream.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(upstream);
                daemon(() -> pass(client, upstream, Set.of()), "proxy-requests");
                daemon(() -> pass(upstream, client, unheard), "proxy-replies");
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
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
            end(from);
            end(to);
        }
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
