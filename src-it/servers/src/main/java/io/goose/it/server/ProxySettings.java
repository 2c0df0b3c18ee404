package io.goose.it.server;

import java.util.ArrayList;
import java.util.List;

/** What the connections of a proxy go by. Proxy's thread only. */
final class ProxySettings {

    final List<Fault> faults = new ArrayList<>();
    long delayNanos;
    boolean swallowRequests;
    boolean swallowReplies;
}
