package io.goose.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server of our own on a loopback port: standalone by itself, a replica, a Sentinel or a cluster node in a set-up.
 * Without further settings it keeps nothing on disk.
 *
 * <p>Thread-safe.
 */
public final class RedisServer implements ServerProcess, RedisEndpoint {

    static final String HOST = "127.0.0.1";

    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    private static final Duration STOP_PATIENCE = Duration.ofMinutes(2);
    private static final Duration REPLY_PATIENCE = Duration.ofSeconds(60);
    private static final int LOG_TAIL = 2_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Version version;
    private final int port;
    private final Path home;
    private final @Nullable String password;
    private final @Nullable TlsFiles tls;
    private final String readyLine;
    private final ServerControl control; // guarded by lock

    private RedisServer(Builder builder, int port) {
        this.version = builder.program.version();
        this.port = port;
        this.home = WorkDirectory.fresh(builder.role + "-" + port);
        this.password = builder.password;
        this.tls = builder.tls;
        this.readyLine = builder.readyLine;
        this.control = builder.program.prepare(home, port, builder.networking, builder.arguments);
        builder.writeFiles(home, port);
    }

    /** A server of any supported version, started, nothing kept on disk. */
    public static RedisServer startAny() {
        return Redis.any().server().start();
    }

    @Override
    public void start() {
        lock.lock();
        try {
            if (!control.isRunning()) {
                control.start();
                awaitReady();
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitReady() {
        Polling.until("Redis at port " + port + " says '" + readyLine + "'", START_PATIENCE, () -> {
            if (control.log().contains(readyLine)) {
                return true;
            }
            if (!control.isRunning()) {
                throw new ServerUnavailableException("Redis at port " + port + " ended at its start: " + logTail());
            }
            return false;
        });
    }

    private String logTail() {
        String log = control.log().strip();
        return log.substring(Math.max(0, log.length() - LOG_TAIL));
    }

    @Override
    public void kill() {
        locked(control::kill);
    }

    @Override
    public void stop() {
        locked(() -> control.stop(STOP_PATIENCE));
    }

    @Override
    public void pause() {
        locked(control::pause);
    }

    @Override
    public void resume() {
        locked(control::resume);
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return control.isRunning();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        locked(() -> {
            control.discard();
            if (Files.exists(home.resolve(Builder.DATA))) {
                WorkDirectory.delete(home.resolve(Builder.DATA)); // the log stays, for whoever looks into a failure
            }
        });
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String host() {
        return HOST;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Version version() {
        return version;
    }

    @Override
    public URI url() {
        String credentials = password == null ? "" : ":" + password + "@";
        return URI.create((tls == null ? "redis://" : "rediss://") + credentials + HOST + ":" + port);
    }

    /** The keys and certificates, where the server takes TLS alone. */
    public Optional<TlsFiles> tls() {
        return Optional.ofNullable(tls);
    }

    /** A connection as the default user. */
    public RespClient connect() throws IOException {
        SocketFactory sockets =
                tls == null ? SocketFactory.getDefault() : tls.clientContext().getSocketFactory();
        RespClient client = RespClient.connect(sockets, HOST, port, REPLY_PATIENCE);
        if (password != null) {
            client.call("AUTH", password);
        }
        return client;
    }

    /** One command as the default user, over a connection of its own. */
    public @Nullable Object call(String... command) throws IOException {
        try (RespClient client = connect()) {
            return client.call(command);
        }
    }

    /** {@code redis:7.0.15 at 127.0.0.1:13579}. */
    @Override
    public String toString() {
        return "redis:" + version + " at " + HOST + ":" + port;
    }

    /** Describes a server. Not thread-safe; each {@link #start} makes another server. */
    public static final class Builder {

        private static final String DATA = "data";
        private static final String PORT_TAKEN = "Address already in use";
        private static final int PORT_TRIES = 5;

        private final RedisProgram program;
        private final List<String> directives = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private int port;
        private @Nullable String password;
        private @Nullable TlsFiles tls;
        private String role = "redis";
        private String readyLine = "Ready to accept connections";
        private RedisProgram.Networking networking = RedisProgram.Networking.ALONE;

        Builder(RedisProgram program) {
            this.program = program;
        }

        /** The port to listen on; default: one that is free. */
        public Builder port(int fixed) {
            this.port = fixed;
            return this;
        }

        /** Keeps an append-only file; default: none. */
        public Builder appendOnly(Fsync fsync) {
            return config("appendonly", "yes").config("appendfsync", fsync.directive());
        }

        /** The default user's password; default: none. Letters and digits, so that it fits an address unchanged. */
        public Builder password(String secret) {
            this.password = Objects.requireNonNull(secret, "secret");
            return config("requirepass", secret).config("masterauth", secret);
        }

        /** Another user with rules of Redis's ACL, such as {@code ~goose:*}, {@code &*}, {@code +@all}. */
        public Builder user(String name, String secret, String... rules) {
            List<Object> values = new ArrayList<>(List.of(name, "on", ">" + secret));
            values.addAll(List.of(rules));
            return config("user", values.toArray());
        }

        /** What is thrown away when memory is full, such as {@code noeviction} and {@code allkeys-lru}. */
        public Builder maxMemory(String limit, String policy) {
            return config("maxmemory", limit).config("maxmemory-policy", policy);
        }

        /** Takes TLS connections only, of clients that show a certificate or not. */
        public Builder tls(TlsFiles files) {
            this.tls = Objects.requireNonNull(files, "files");
            return this;
        }

        /** Any other line of {@code redis.conf}; a later line wins. */
        public Builder config(String directive, Object... values) {
            directives.add(RedisConfiguration.line(directive, values));
            return this;
        }

        /** Runs the server as a part of a set-up: its directory is named for the role, and it reaches the others. */
        Builder partOf(String roleName) {
            this.role = roleName;
            this.networking = RedisProgram.Networking.AMONG_OTHERS;
            return this;
        }

        /** Runs the program as a Sentinel. */
        Builder sentinel() {
            arguments.add("--sentinel");
            readyLine = "Sentinel ID is";
            return partOf("sentinel");
        }

        /**
         * Starts the server and waits until it answers.
         *
         * @throws ServerUnavailableException if it does not start; the message has the end of its log
         */
        public RedisServer start() {
            for (int attempt = 1; ; attempt++) {
                RedisServer server = new RedisServer(this, port != 0 ? port : FreePorts.nextWithBus());
                try {
                    server.start();
                    return server;
                } catch (ServerUnavailableException e) {
                    server.close();
                    boolean takenMeanwhile =
                            port == 0 && String.valueOf(e.getMessage()).contains(PORT_TAKEN);
                    if (!takenMeanwhile || attempt == PORT_TRIES) {
                        throw e;
                    }
                }
            }
        }

        private void writeFiles(Path home, int chosenPort) {
            String seen = program.homeSeenByServer(home);
            List<String> lines = new ArrayList<>(program.bindDirectives(networking));
            lines.add(RedisConfiguration.line("dir", seen + "/" + DATA));
            if (arguments.isEmpty()) {
                lines.add("save \"\"");
            }
            try {
                Files.createDirectories(home.resolve(DATA));
                if (tls == null) {
                    lines.add("port " + chosenPort);
                } else {
                    lines.addAll(tls.install(home, seen, chosenPort));
                }
                lines.addAll(directives);
                Files.write(home.resolve(RedisConfiguration.FILE), lines);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the server's files in " + home, e);
            }
        }
    }
}
