package io.goose.engine;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes what is sent to StatsD, as a server of it does. */
public final class StatsdListener implements AutoCloseable {

    private static final int MOST_BYTES = 65_536;
    private static final int BUFFER = 4_000_000;

    private final DatagramSocket socket;
    private final Thread thread;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private volatile int longest;

    private StatsdListener(DatagramSocket socket) {
        this.socket = socket;
        this.thread = new Thread(this::listen, "statsd-listener");
        this.thread.setDaemon(true);
    }

    /** Listens on a port of its own. */
    public static StatsdListener open() {
        return open(0);
    }

    /** Listens on this port of the local host. */
    public static StatsdListener open(int port) {
        try {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setReceiveBufferSize(BUFFER);
            StatsdListener listener = new StatsdListener(socket);
            listener.thread.start();
            return listener;
        } catch (IOException unusable) {
            throw new IllegalStateException("cannot listen", unusable);
        }
    }

    private void listen() {
        DatagramPacket packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        while (!socket.isClosed()) {
            try {
                packet.setLength(MOST_BYTES);
                socket.receive(packet);
            } catch (IOException closed) {
                return; // by close; if it is anything else the test waits in vain, and fails
            }
            longest = Math.max(longest, packet.getLength());
            String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
            lines.addAll(List.of(text.split("\n", -1)));
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** All lines so far. */
    public List<String> lines() {
        return lines;
    }

    /** The length of the longest datagram, in bytes. */
    public int longest() {
        return longest;
    }

    /**
     * What a counter has come to.
     *
     * @param tags as they stand in the line
     */
    public long counted(String name, String tags) {
        return values(name, "|c|#" + tags).stream().mapToLong(Long::parseLong).sum();
    }

    /** The values of a timer, in milliseconds. */
    public List<Double> times(String name, String tags) {
        return values(name, "|ms|#" + tags).stream().map(Double::valueOf).toList();
    }

    /** The last value of a gauge; NaN if there is none. */
    public double gauge(String name, String tags) {
        List<String> all = values(name, "|g|#" + tags);
        return all.isEmpty() ? Double.NaN : Double.parseDouble(all.get(all.size() - 1));
    }

    private List<String> values(String name, String rest) {
        String begin = name + ":";
        return lines.stream()
                .filter(line -> line.startsWith(begin) && line.endsWith(rest))
                .map(line -> line.substring(begin.length(), line.length() - rest.length()))
                .toList();
    }

    @Override
    public void close() {
        socket.close();
        try {
            thread.join(Eventually.PATIENCE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
