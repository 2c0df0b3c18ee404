package io.goose.it.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One primary, two replicas and three Sentinels that watch them: the smallest set-up that survives the loss of any one
 * process. A primary that is silent for two seconds is replaced, usually within four: long enough that a busy machine's
 * pauses are not taken for a death.
 *
 * <p>Each server may be disturbed by itself. Thread-safe.
 */
public final class RedisSentinel implements AutoCloseable {

    /** The name under which the Sentinels know the primary. */
    public static final String PRIMARY_NAME = "goose";

    private static final int REPLICAS = 2;
    private static final int SENTINELS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration FAILOVER_TIMEOUT = Duration.ofSeconds(5);

    private final List<RedisServer> servers;
    private final List<RedisServer> sentinels;

    private RedisSentinel(List<RedisServer> servers, List<RedisServer> sentinels) {
        this.servers = List.copyOf(servers);
        this.sentinels = List.copyOf(sentinels);
    }

    /** The data servers in the order they were started, the first primary first. */
    public List<RedisServer> servers() {
        return servers;
    }

    /** The Sentinels. */
    public List<RedisServer> sentinels() {
        return sentinels;
    }

    /** {@code host:port} of each Sentinel, which is what a client is given. */
    public List<String> sentinelAddresses() {
        return sentinels.stream().map(s -> s.host() + ":" + s.port()).toList();
    }

    /** The server that the Sentinels which answer name as primary; while they do not agree, they are asked again. */
    public RedisServer primary() {
        List<RedisServer> found = new ArrayList<>();
        Polling.until("the Sentinels name one primary", PATIENCE, () -> {
            Set<Integer> named = namedPrimaries();
            servers.stream().filter(s -> named.equals(Set.of(s.port()))).forEach(found::add);
            return !found.isEmpty();
        });
        return found.get(0);
    }

    /** The data servers but the primary, running or not. */
    public List<RedisServer> replicas() {
        RedisServer primary = primary();
        return servers.stream().filter(s -> s != primary).toList();
    }

    /**
     * Waits until the Sentinels name another primary than {@code former} and it takes writes.
     *
     * @return the new primary
     */
    public RedisServer awaitFailover(RedisServer former) {
        List<RedisServer> found = new ArrayList<>();
        Polling.until("a server takes over from the primary at port " + former.port(), PATIENCE, () -> {
            Set<Integer> named = namedPrimaries();
            for (RedisServer server : servers) {
                if (server != former && named.equals(Set.of(server.port())) && "master".equals(role(server))) {
                    found.add(server);
                }
            }
            return !found.isEmpty();
        });
        return found.get(0);
    }

    /** Waits until the primary has both replicas in step and the Sentinels see all of it. */
    public void awaitHealthy() {
        Polling.until("each Sentinel sees two replicas and the two other Sentinels", PATIENCE, () -> {
            for (RedisServer sentinel : sentinels) {
                Map<String, String> view = view(sentinel);
                if (!"master".equals(view.get("flags"))
                        || !String.valueOf(REPLICAS).equals(view.get("num-slaves"))
                        || !String.valueOf(SENTINELS - 1).equals(view.get("num-other-sentinels"))) {
                    return false;
                }
            }
            return true;
        });
        awaitInStep(primary());
    }

    private static void awaitInStep(RedisServer primary) {
        Polling.until("both replicas are in step", PATIENCE, () -> {
            String info = String.valueOf(primary.call("INFO", "replication"));
            return info.lines().filter(line -> line.contains("state=online")).count() == REPLICAS;
        });
    }

    private Set<Integer> namedPrimaries() throws IOException {
        Set<Integer> ports = new HashSet<>();
        for (RedisServer sentinel : sentinels) {
            if (sentinel.isRunning()) {
                ports.add(Integer.valueOf(view(sentinel).getOrDefault("port", "0")));
            }
        }
        return ports;
    }

    private static Map<String, String> view(RedisServer sentinel) throws IOException {
        try (RespClient client = sentinel.connect()) {
            List<@Nullable Object> fields = client.list("SENTINEL", "MASTER", PRIMARY_NAME);
            Map<String, String> view = new TreeMap<>();
            for (int i = 0; i + 1 < fields.size(); i += 2) {
                view.put(String.valueOf(fields.get(i)), String.valueOf(fields.get(i + 1)));
            }
            return view;
        }
    }

    private static String role(RedisServer server) throws IOException {
        try (RespClient client = server.connect()) {
            return String.valueOf(client.list("ROLE").get(0));
        }
    }

    /** Ends all of it. */
    @Override
    public void close() {
        closeAll(sentinels, servers); // the watchers first, or they would act on what they see
    }

    private static void closeAll(List<RedisServer> sentinels, List<RedisServer> servers) {
        RedisServers.closeAll(
                Stream.concat(sentinels.stream(), servers.stream()).toList());
    }

    /** {@code Sentinels at 127.0.0.1:…}. */
    @Override
    public String toString() {
        return sentinelAddresses().stream().collect(Collectors.joining(", ", "Sentinels at ", ""));
    }

    /** Describes a set-up. Not thread-safe. */
    public static final class Builder {

        private final RedisProgram program;
        private final List<UnaryOperator<RedisServer.Builder>> settings = new ArrayList<>();
        private Duration downAfter = Duration.ofSeconds(5);
        private @Nullable String password;

        Builder(RedisProgram program) {
            this.program = program;
        }

        /** How long a server must be silent until a Sentinel holds it for down; default 5 s, at least 100 ms. */
        public Builder downAfter(Duration silence) {
            this.downAfter = silence;
            return this;
        }

        /** The default user's password on the data servers; the Sentinels themselves ask for none. */
        public Builder password(String secret) {
            this.password = secret;
            return servers(server -> server.password(secret));
        }

        /** Further settings of each data server. */
        public Builder servers(UnaryOperator<RedisServer.Builder> each) {
            settings.add(each);
            return this;
        }

        /** Starts all of it and waits until it could survive a failure. */
        public RedisSentinel start() {
            List<RedisServer> servers = new ArrayList<>();
            List<RedisServer> sentinels = new ArrayList<>();
            try {
                RedisServer primary = server().start();
                servers.add(primary);
                for (int i = 0; i < REPLICAS; i++) {
                    servers.add(server().config("replicaof", primary.host(), primary.port())
                            .start());
                }
                awaitInStep(primary); // a Sentinel looks for replicas when it starts, and then only every ten seconds
                for (int i = 0; i < SENTINELS; i++) {
                    sentinels.add(sentinel(primary).start());
                }
                RedisSentinel setUp = new RedisSentinel(servers, sentinels);
                setUp.awaitHealthy();
                return setUp;
            } catch (RuntimeException e) {
                closeAll(sentinels, servers);
                throw e;
            }
        }

        private RedisServer.Builder server() {
            RedisServer.Builder builder = new RedisServer.Builder(program)
                    .partOf("redis")
                    .config("repl-diskless-sync", "yes")
                    .config("repl-diskless-sync-delay", 0);
            for (UnaryOperator<RedisServer.Builder> each : settings) {
                builder = each.apply(builder);
            }
            return builder;
        }

        private RedisServer.Builder sentinel(RedisServer primary) {
            RedisServer.Builder builder = new RedisServer.Builder(program)
                    .sentinel()
                    .config("sentinel", "monitor", PRIMARY_NAME, primary.host(), primary.port(), SENTINELS / 2 + 1)
                    .config("sentinel", "down-after-milliseconds", PRIMARY_NAME, downAfter.toMillis())
                    .config("sentinel", "failover-timeout", PRIMARY_NAME, FAILOVER_TIMEOUT.toMillis())
                    .config("sentinel", "parallel-syncs", PRIMARY_NAME, REPLICAS);
            return password == null ? builder : builder.config("sentinel", "auth-pass", PRIMARY_NAME, password);
        }
    }
}
