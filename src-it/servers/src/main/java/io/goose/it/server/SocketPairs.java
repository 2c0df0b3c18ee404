package io.goose.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** What proxies have in common: for each client that connects, a connection to the server. Thread-safe. */
public final class SocketPairs implements AutoCloseable {

    private final ServerProcess server;
    private final BiConsumer<Socket, Socket> made;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    /**
     * Listens on a free port of this machine.
     *
     * @param made called with each client's connection and the one to the server; must not block
     */
    public SocketPairs(ServerProcess server, BiConsumer<Socket, Socket> made) {
        this.server = server;
        this.made = made;
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

    /** The connections that there are, of clients and to the server. */
    public Set<Socket> sockets() {
        return Set.copyOf(sockets);
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
                made.accept(client, upstream);
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Ends one connection. */
    public void end(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the connections that there are. */
    public void cut() {
        sockets.forEach(this::end);
    }

    /** Runs this on a thread that keeps no JVM alive. */
    public static void daemon(Runnable body, String name) {
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
