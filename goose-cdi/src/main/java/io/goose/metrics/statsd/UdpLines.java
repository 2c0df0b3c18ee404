package io.goose.metrics.statsd;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends lines in datagrams, several in one. It never waits for the network: what the system has no room for is lost and counted. It
 * looks up the host again and again, for a name moves; that alone may take long. Confined to a sink's thread.
 */
final class UdpLines implements AutoCloseable {

    /** Fits into one frame of an Ethernet with room for headers of any kind. */
    static final int MOST_BYTES = 1_432;

    static final long RESOLVED_NANOS = 60_000_000_000L;
    static final long UNRESOLVED_NANOS = 5_000_000_000L;

    private static final System.Logger LOG = System.getLogger(UdpLines.class.getPackageName());
    private static final long QUIET_NANOS = 60_000_000_000L;

    private final String host;
    private final int port;
    private final Resolver resolver;
    private final Opener opener;
    private final LongSupplier nanoClock;
    private final ByteBuffer buffer = ByteBuffer.allocate(MOST_BYTES);
    private @Nullable Socket socket; // null until there is something to send, and after a failure
    private @Nullable InetSocketAddress target; // null while the host is not known
    private long resolveAt;
    private long quietUntil;
    private int lines; // in the buffer
    private long lost; // since it was last said
    private long lostInAll;

    /** Finds the address of a host. */
    @FunctionalInterface
    interface Resolver {
        InetAddress find(String host) throws UnknownHostException;
    }

    /** Sends datagrams without waiting. */
    interface Socket {

        /** How many bytes were sent: none if there is no room. */
        int send(ByteBuffer bytes, InetSocketAddress to) throws IOException;

        void close() throws IOException;
    }

    /** Makes sockets. */
    @FunctionalInterface
    interface Opener {
        Socket open() throws IOException;
    }

    /**
     * @param nanoClock elapsed time, as {@link System#nanoTime}
     */
    UdpLines(String host, int port, Resolver resolver, Opener opener, LongSupplier nanoClock) {
        this.host = host;
        this.port = port;
        this.resolver = resolver;
        this.opener = opener;
        this.nanoClock = nanoClock;
        this.resolveAt = nanoClock.getAsLong();
        this.quietUntil = resolveAt;
    }

    /** A socket of the system. It is not connected: that nobody listens now must not fail what is sent when somebody does again. */
    static Socket udp() throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.configureBlocking(false);
        return new Socket() {
            @Override
            public int send(ByteBuffer bytes, InetSocketAddress to) throws IOException {
                return channel.send(bytes, to);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    /** How many lines were not sent. */
    long lost() {
        return lostInAll;
    }

    /**
     * Adds a line.
     *
     * @param number of ASCII characters
     */
    void add(byte[] before, String number, byte[] behind) {
        int length = before.length + number.length() + behind.length;
        if (length > MOST_BYTES) {
            lose(1, "a line is longer than a datagram");
            return;
        }
        if (lines > 0 && buffer.remaining() <= length) {
            send();
        }
        if (lines > 0) {
            buffer.put((byte) '\n');
        }
        buffer.put(before);
        for (int i = 0; i < number.length(); i++) {
            buffer.put((byte) number.charAt(i));
        }
        buffer.put(behind);
        lines++;
    }

    /** Sends what is there. */
    void send() {
        if (lines == 0) {
            return;
        }
        buffer.flip();
        try {
            InetSocketAddress to = target();
            if (to == null) {
                lose(lines, "the host is not known");
            } else if (open().send(buffer, to) == 0) {
                lose(lines, "the system has no room for it");
            }
        } catch (IOException | RuntimeException failed) { // as for an address of a kind that this host has not
            lose(lines, failed.toString());
            close();
        } finally {
            buffer.clear();
            lines = 0;
        }
    }

    private Socket open() throws IOException {
        Socket present = socket;
        if (present == null) {
            present = opener.open();
            socket = present;
        }
        return present;
    }

    private @Nullable InetSocketAddress target() {
        long now = nanoClock.getAsLong();
        if (now - resolveAt >= 0) {
            try {
                target = new InetSocketAddress(resolver.find(host), port);
                resolveAt = now + RESOLVED_NANOS;
            } catch (UnknownHostException unknown) { // where it was last is better than nowhere
                resolveAt = now + UNRESOLVED_NANOS;
            }
        }
        return target;
    }

    private void lose(int count, String why) {
        lost += count;
        lostInAll += count;
        long now = nanoClock.getAsLong();
        if (now - quietUntil >= 0) {
            quietUntil = now + QUIET_NANOS;
            LOG.log(
                    WARNING,
                    "GOOSE-4154: " + lost + " measurements were not sent to StatsD at " + host + ":" + port
                            + " since this was last said: " + why + "; jobs go on");
            lost = 0;
        }
    }

    @Override
    public void close() {
        Socket present = socket;
        socket = null;
        if (present != null) {
            try {
                present.close();
            } catch (IOException unclean) {
                LOG.log(DEBUG, "the socket to StatsD was not closed cleanly", unclean);
            }
        }
    }
}
