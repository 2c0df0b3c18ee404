package io.goose.examples.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports that are free and still are when a server takes them seconds later. Classes that run at the same time each have a range of
 * their own, below the one from which systems take ports for whoever asks for any, and none is given twice.
 */
final class TestPorts {

    private static final int COUNT = 2_500; // for each of four processes
    private static final int FIRST = 22_000 + (Integer.getInteger("it.fork", 1) - 1) % 4 * COUNT;
    private static final AtomicInteger NEXT =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT)); // another build may be running

    private TestPorts() {}

    static int next() {
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + NEXT.getAndIncrement() % COUNT;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("none of " + COUNT + " ports is free from " + FIRST + " on");
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true); // a connection that lingers is no listener
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false; // the answer, not a failure
        }
    }
}
