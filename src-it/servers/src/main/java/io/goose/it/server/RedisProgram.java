package io.goose.it.server;

import java.nio.file.Path;
import java.util.List;

/** A Redis that can be started here: one program that is server, Sentinel and cluster node alike. */
interface RedisProgram {

    Version version();

    /** What to write into a configuration file as the root of the server's files; {@code home} is it on this machine. */
    String homeSeenByServer(Path home);

    /** What to write as the addresses the server listens on. */
    List<String> bindDirectives(Networking networking);

    /** Prepares a server that reads {@code redis.conf} in {@code home}. */
    ServerControl prepare(Path home, int port, Networking networking, List<String> arguments);

    /** Whether only we talk to the server, or servers talk to each other over this machine's loopback as well. */
    enum Networking {
        ALONE,
        AMONG_OTHERS
    }
}
