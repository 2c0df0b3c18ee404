package io.goose.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on the loopback address in front of a Redis server, which spoils connections on command. It follows the protocol,
 * so that a fault hits exactly one request: the reply that is lost is the reply to that request, which the server has executed by
 * then. Through TLS it sees no requests; all that does not look at them works all the same.
 *
 * <p>Every method returns when it has taken effect. Thread-safe; one thread does the work, whatever the number of connections.
 *
 * <p>Replies are told apart by counting. A RESP2 connection that has subscribed to channels gets messages that count as replies:
 * set no fault for requests on such a connection.
 */
public final class FaultyProxy implements AutoCloseable {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int SCRATCH_BYTES = 64 << 10;
    private static final int PORT_TRIES = 20;
    private static final Duration CONTROL_PATIENCE = Duration.ofSeconds(60);

    private interface Action {
        void run() throws IOException;
    }

    private final InetSocketAddress upstream;
    private final int port;
    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> actions = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    // the proxy's thread only, but for the constructor
    private final ProxySettings settings = new ProxySettings();
    private final List<ProxyConnection> connections = new ArrayList<>();
    private @Nullable ServerSocketChannel listener;

    private FaultyProxy(InetSocketAddress upstream) throws IOException {
        this.upstream = upstream;
        selector = Selector.open();
        ServerSocketChannel open = listenSomewhere();
        open.register(selector, SelectionKey.OP_ACCEPT);
        listener = open;
        port = open.socket().getLocalPort();
        thread = new Thread(this::work, "faulty-proxy-" + port);
        thread.setDaemon(true);
    }

    /** A proxy in front of {@code server}, which may be down, and may come and go. */
    public static FaultyProxy inFrontOf(ServerProcess server) {
        return inFrontOf(server.host(), server.port());
    }

    /** A proxy in front of whatever listens at that address when a client connects. */
    public static FaultyProxy inFrontOf(String host, int port) {
        try {
            FaultyProxy proxy = new FaultyProxy(new InetSocketAddress(host, port));
            proxy.thread.start();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a proxy in front of " + host + ":" + port, e);
        }
    }

    /** Where clients connect. */
    public String host() {
        return RedisServer.HOST;
    }

    /** Where clients connect; never changes. */
    public int port() {
        return port;
    }

    /** Cuts the connection when the server has answered the request that {@code occurrence} means; the answer is lost. */
    public Fault cutReply(Occurrence occurrence) {
        return set(new Fault(Fault.Point.BEFORE_REPLY, Fault.End.CUT, occurrence));
    }

    /**
     * Cuts the connection before the server sees the request that {@code occurrence} means. Requests that the client sent before,
     * without waiting for their replies, do reach the server.
     */
    public Fault cutRequest(Occurrence occurrence) {
        return set(new Fault(Fault.Point.BEFORE_REQUEST, Fault.End.CUT, occurrence));
    }

    /**
     * Keeps back the reply to the request that {@code occurrence} means, and all that either side says on that connection from then on: the
     * server has executed the request, and the client waits. It stays so after {@link #normal}; other connections are well.
     */
    public Fault holdReply(Occurrence occurrence) {
        return set(new Fault(Fault.Point.BEFORE_REPLY, Fault.End.SILENCE, occurrence));
    }

    /**
     * Keeps back the request that {@code occurrence} means, and all that the client says on that connection from then on. The server never
     * sees the request, and the client waits. It stays so after {@link #normal}; other connections are well.
     */
    public Fault holdRequest(Occurrence occurrence) {
        return set(new Fault(Fault.Point.BEFORE_REQUEST, Fault.End.SILENCE, occurrence));
    }

    private Fault set(Fault fault) {
        control(() -> settings.faults.add(fault));
        return fault;
    }

    /**
     * Swallows whatever either side sends, on open and on new connections, and closes none: each side believes in a connection that
     * is dead. Connections that were open meanwhile stay dead after {@link #normal}; new ones are well then.
     */
    public void blackhole() {
        control(() -> {
            settings.swallowRequests = true;
            settings.swallowReplies = true;
            connections.forEach(ProxyConnection::fallIntoHole);
        });
    }

    /** As {@link #blackhole}, but the server still gets and executes what clients send. */
    public void blackholeReplies() {
        control(() -> {
            settings.swallowReplies = true;
            connections.forEach(ProxyConnection::fallIntoHole);
        });
    }

    /** Holds each reply back for {@code delay}, from now on; zero ends it. */
    public void delayReplies(Duration delay) {
        control(() -> settings.delayNanos = delay.toNanos());
    }

    /** Refuses new connections, as a machine does on which nothing listens. Open ones are left alone. */
    public void refuse() {
        control(() -> {
            ServerSocketChannel open = listener;
            if (open != null) {
                open.close();
                selector.selectNow(); // only now does the system let go of the port
                listener = null;
            }
        });
    }

    /** Closes every connection that is open now. */
    public void cutAll() {
        control(() -> {
            connections.forEach(ProxyConnection::close);
            selector.selectNow();
        });
    }

    /** Forgets all faults and takes connections again. */
    public void normal() {
        control(() -> {
            settings.faults.forEach(Fault::lift);
            settings.faults.clear();
            settings.delayNanos = 0;
            settings.swallowRequests = false;
            settings.swallowReplies = false;
            if (listener == null) {
                ServerSocketChannel open = listen(port);
                open.register(selector, SelectionKey.OP_ACCEPT);
                listener = open;
            }
        });
    }

    /** The number of clients that are connected. */
    public int connections() {
        int[] count = new int[1];
        control(() -> count[0] =
                (int) connections.stream().filter(ProxyConnection::isOpen).count());
        return count[0];
    }

    /** Closes every connection and the port, and ends the thread. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(CONTROL_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void control(Action action) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        actions.add(() -> {
            try {
                action.run();
                done.complete(true);
            } catch (IOException | RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        try {
            if (closed) {
                throw new IllegalStateException("the proxy at port " + port + " is closed");
            }
            selector.wakeup();
            done.get(CONTROL_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the proxy at port " + port + " did not follow", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while changing the proxy at port " + port, e);
        }
    }

    private void work() {
        ByteBuffer scratch = ByteBuffer.allocate(SCRATCH_BYTES);
        long waitNanos = Long.MAX_VALUE;
        try {
            while (!closed) {
                select(waitNanos);
                for (Runnable action = actions.poll(); action != null; action = actions.poll()) {
                    action.run();
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key, scratch);
                }
                selector.selectedKeys().clear();
                long now = System.nanoTime();
                waitNanos = connections.stream()
                        .mapToLong(connection -> connection.flushDue(now))
                        .min()
                        .orElse(Long.MAX_VALUE);
                connections.removeIf(connection -> !connection.isOpen());
            }
        } catch (IOException e) {
            System.getLogger(FaultyProxy.class.getName())
                    .log(System.Logger.Level.ERROR, "the proxy at port " + port + " broke down; its test will fail", e);
        } finally {
            closed = true;
            release();
        }
    }

    private void select(long nanos) throws IOException {
        if (nanos == Long.MAX_VALUE) {
            selector.select();
        } else {
            selector.select(TimeUnit.NANOSECONDS.toMillis(nanos) + 1); // rounded up; zero would wait for ever
        }
    }

    private void serve(SelectionKey key, ByteBuffer scratch) throws IOException {
        if (!key.isValid()) {
            return; // closed by an action or with its other side
        }
        if (key.attachment() instanceof ProxyConnection connection) {
            connection.ready(key, scratch);
        } else if (key.channel() instanceof ServerSocketChannel open) {
            accept(open);
        }
    }

    private void accept(ServerSocketChannel open) throws IOException {
        SocketChannel client = open.accept();
        if (client == null) {
            return; // gone again
        }
        SocketChannel server = SocketChannel.open();
        try {
            for (SocketChannel channel : List.of(client, server)) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            server.connect(upstream);
            connections.add(new ProxyConnection(settings, selector, client, server));
        } catch (IOException e) {
            client.close(); // nobody behind us: the client learns it at once
            server.close();
        }
    }

    private void release() {
        connections.forEach(ProxyConnection::close);
        try {
            ServerSocketChannel open = listener;
            if (open != null) {
                open.close();
            }
            selector.close();
        } catch (IOException | ClosedSelectorException e) {
            System.getLogger(FaultyProxy.class.getName())
                    .log(System.Logger.Level.DEBUG, "the proxy at port " + port + " closed with an error", e);
        }
    }

    private static ServerSocketChannel listenSomewhere() throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return listen(FreePorts.next());
            } catch (IOException e) {
                if (attempt == PORT_TRIES) {
                    throw e; // taken between probe and bind, again and again
                }
            }
        }
    }

    private static ServerSocketChannel listen(int port) throws IOException {
        ServerSocketChannel open = ServerSocketChannel.open();
        try {
            open.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            open.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
            open.configureBlocking(false);
            return open;
        } catch (IOException e) {
            open.close();
            throw e;
        }
    }
}
