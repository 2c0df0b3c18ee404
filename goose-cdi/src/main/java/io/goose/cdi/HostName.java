package io.goose.cdi;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What this host calls itself, for people to read. */
final class HostName {

    private HostName() {}

    static String get() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}
