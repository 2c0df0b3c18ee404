package io.goose.it.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Probes for TCP ports that nobody listens on. The range lies below the one from which systems take the local ports of
 * outgoing connections, so that a server that is down for a moment does not lose its port to a client.
 *
 * <p>Thread-safe. Between the probe and the start another process can take the port: whoever starts a server tries again.
 */
public final class FreePorts {

    /** What Redis adds to a cluster node's port for the nodes' own talk. */
    static final int BUS_OFFSET = 10_000;

    private static final int FIRST = 12_000;
    private static final int LAST = 21_999;
    private static final int TRIES = 200;

    private FreePorts() {}

    /** A port that is free on the loopback address. */
    public static int next() {
        return probe(0);
    }

    /** A port that is free together with the one of the cluster bus, 10000 above. */
    static int nextWithBus() {
        return probe(BUS_OFFSET);
    }

    private static int probe(int offset) {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
            if (isFree(port) && (offset == 0 || isFree(port + offset))) {
                return port;
            }
        }
        throw new ServerUnavailableException("no free port found between " + FIRST + " and " + LAST + " in " + TRIES
                + " tries; end some of the servers that listen on this machine");
    }

    /** Whether nobody listens on {@code port} of the loopback address now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false; // the answer, not a failure
        }
    }
}
