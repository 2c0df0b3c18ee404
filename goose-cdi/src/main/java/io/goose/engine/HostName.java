package io.goose.engine;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What this host calls itself, for people to read. */
public final class HostName {

    private HostName() {}

    /** The name, or {@code localhost} where the host has none. */
    public static String get() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
