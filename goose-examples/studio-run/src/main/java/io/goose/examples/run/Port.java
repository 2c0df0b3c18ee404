package io.goose.examples.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * A port of the loopback interface that a part of the run takes.
 *
 * @param use what it is for
 * @param number the port
 * @param property the system property that chooses another
 */
record Port(String use, int number, String property) {

    /** Refuses a port that somebody else listens on. */
    void requireFree() {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true); // a connection that lingers is no listener
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), number));
        } catch (IOException taken) {
            throw new RunException(
                    "port " + number + " (" + use + ") is taken by another program; stop that, or choose another port"
                            + " with -D" + property + "=" + (number < 65_535 ? number + 1 : 8080),
                    taken);
        }
    }

    static int anyFree() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no port is free on the loopback interface", e);
        }
    }

    @Override
    public String toString() {
        return number + " (" + use + ", -D" + property + "=…)";
    }
}
