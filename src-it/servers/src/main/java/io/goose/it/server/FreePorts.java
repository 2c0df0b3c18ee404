package io.goose.it.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.function.IntPredicate;

/**
 * TCP ports that nobody listens on, each given once. The range lies below the one from which systems take the local ports of
 * outgoing connections, so that a server that is down for a moment does not lose its port to a client.
 *
 * <p>Thread-safe. Between the probe and the start a process of another build can take the port.
 */
public final class FreePorts {

    /** What Redis adds to a cluster node's port for the nodes' own talk. */
    static final int BUS_OFFSET = 10_000;

    private static final int FIRST = 12_000;
    private static final PortRange RANGE = new PortRange(FIRST);

    private FreePorts() {}

    /** A port that is free on the loopback address. */
    public static int next() {
        return next(FreePorts::isFree);
    }

    /** A port that is free together with the one of the cluster bus, 10000 above. */
    static int nextWithBus() {
        return next(port -> isFree(port) && isFree(port + BUS_OFFSET));
    }

    private static int next(IntPredicate good) {
        return RANGE.next(good)
                .orElseThrow(() ->
                        new ServerUnavailableException("none of this process's ports is free between " + FIRST + " and "
                                + (FIRST + PortRange.WIDTH - 1)
                                + "; end some of the servers that listen on this machine"));
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
