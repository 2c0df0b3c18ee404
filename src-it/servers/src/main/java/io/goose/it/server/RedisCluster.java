package io.goose.it.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Redis Cluster of three primaries that share the slots evenly, with replicas if wanted. It is formed by the servers' own
 * commands, so no redis-cli is needed.
 *
 * <p>Each node may be disturbed by itself. Thread-safe.
 */
public final class RedisCluster implements AutoCloseable {

    /** The number of hash slots of every cluster. */
    public static final int SLOTS = 16_384;

    private static final int PRIMARIES = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<RedisServer> nodes;

    private RedisCluster(List<RedisServer> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** The nodes: the three that were primaries at the start, then their replicas in the same order. */
    public List<RedisServer> nodes() {
        return nodes;
    }

    /** {@code host:port} of each node, which is what a client is given. */
    public List<String> addresses() {
        return nodes.stream().map(node -> node.host() + ":" + node.port()).toList();
    }

    /** The slot of {@code key}; of its part in braces if it has one. */
    public int slotOf(String key) throws IOException {
        try (RespClient client = anyRunning().connect()) {
            return Math.toIntExact(client.number("CLUSTER", "KEYSLOT", key));
        }
    }

    /** The node that serves {@code slot} now, as the nodes see it. */
    public RedisServer ownerOf(int slot) throws IOException {
        Map<String, RedisServer> byPort =
                nodes.stream().collect(Collectors.toMap(node -> String.valueOf(node.port()), node -> node));
        try (RespClient client = anyRunning().connect()) {
            for (Object range : client.list("CLUSTER", "SLOTS")) {
                List<?> fields = (List<?>) range;
                if ((Long) fields.get(0) <= slot && slot <= (Long) fields.get(1)) {
                    RedisServer owner = byPort.get(String.valueOf(((List<?>) fields.get(2)).get(1)));
                    if (owner != null) {
                        return owner;
                    }
                }
            }
        }
        throw new IOException("no node serves slot " + slot);
    }

    /**
     * Begins to move {@code slot} to {@code target}: from now on the owner answers ASK for keys it does not have, until
     * {@link SlotMove#finish}.
     */
    public SlotMove beginMove(int slot, RedisServer target) throws IOException {
        return SlotMove.begin(this, slot, ownerOf(slot), target);
    }

    /** Waits until every running node says that the cluster is complete and every slot is served. */
    public void awaitOk() {
        Polling.until("each running node says cluster_state:ok", PATIENCE, () -> {
            for (RedisServer node : nodes) {
                if (node.isRunning()) {
                    String info = String.valueOf(node.call("CLUSTER", "INFO"));
                    if (!info.contains("cluster_state:ok") || !info.contains("cluster_known_nodes:" + nodes.size())) {
                        return false;
                    }
                }
            }
            return true;
        });
    }

    private RedisServer anyRunning() throws IOException {
        return nodes.stream()
                .filter(RedisServer::isRunning)
                .findFirst()
                .orElseThrow(() -> new IOException("no node of the cluster runs"));
    }

    static String idOf(RedisServer node) throws IOException {
        return String.valueOf(node.call("CLUSTER", "MYID"));
    }

    /** Ends all of it. */
    @Override
    public void close() {
        RedisServers.closeAll(nodes);
    }

    /** {@code cluster of 127.0.0.1:…}. */
    @Override
    public String toString() {
        return "cluster of " + String.join(", ", addresses());
    }

    /** Describes a cluster. Not thread-safe. */
    public static final class Builder {

        private final RedisProgram program;
        private final List<UnaryOperator<RedisServer.Builder>> settings = new ArrayList<>();
        private int replicas;
        private Duration nodeTimeout = Duration.ofSeconds(5);

        Builder(RedisProgram program) {
            this.program = program;
        }

        /** How many replicas each primary has; default 0. */
        public Builder replicas(int each) {
            this.replicas = each;
            return this;
        }

        /** How long a node must be silent until the others hold it for down; default 5 s. */
        public Builder nodeTimeout(Duration silence) {
            this.nodeTimeout = silence;
            return this;
        }

        /** Further settings of each node. */
        public Builder servers(UnaryOperator<RedisServer.Builder> each) {
            settings.add(each);
            return this;
        }

        /** Starts the nodes, joins them and waits until every slot is served and every replica follows. */
        public RedisCluster start() {
            List<RedisServer> nodes = new ArrayList<>();
            try {
                for (int i = 0; i < PRIMARIES * (1 + replicas); i++) {
                    nodes.add(node().start());
                }
                join(nodes);
                RedisCluster cluster = new RedisCluster(nodes);
                cluster.awaitOk();
                return cluster;
            } catch (IOException e) {
                RedisServers.closeAll(nodes);
                throw new ServerUnavailableException("cannot form a cluster", e);
            } catch (RuntimeException e) {
                RedisServers.closeAll(nodes);
                throw e;
            }
        }

        private RedisServer.Builder node() {
            RedisServer.Builder builder = new RedisServer.Builder(program)
                    .partOf("node")
                    .config("cluster-enabled", "yes")
                    .config("cluster-config-file", "nodes.conf")
                    .config("cluster-node-timeout", nodeTimeout.toMillis())
                    .config("repl-diskless-sync", "yes")
                    .config("repl-diskless-sync-delay", 0);
            for (UnaryOperator<RedisServer.Builder> each : settings) {
                builder = each.apply(builder);
            }
            return builder;
        }

        private void join(List<RedisServer> nodes) throws IOException {
            RedisServer first = nodes.get(0);
            for (int i = 0; i < nodes.size(); i++) {
                nodes.get(i).call("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
            }
            for (RedisServer node : nodes.subList(1, nodes.size())) {
                node.call("CLUSTER", "MEET", first.host(), String.valueOf(first.port()));
            }
            for (int i = 0; i < PRIMARIES; i++) {
                nodes.get(i).call(addSlots(i * SLOTS / PRIMARIES, (i + 1) * SLOTS / PRIMARIES));
            }
            for (int i = PRIMARIES; i < nodes.size(); i++) {
                follow(nodes.get(i), nodes.get(i % PRIMARIES));
            }
        }

        private static String[] addSlots(int from, int to) {
            return Stream.concat(
                            Stream.of("CLUSTER", "ADDSLOTS"),
                            IntStream.range(from, to).mapToObj(String::valueOf))
                    .toArray(String[]::new);
        }

        private static void follow(RedisServer replica, RedisServer primary) throws IOException {
            String id = idOf(primary);
            Polling.until(
                    "the node at port " + replica.port() + " knows the one at " + primary.port(), PATIENCE, () -> {
                        try {
                            return "OK".equals(replica.call("CLUSTER", "REPLICATE", id));
                        } catch (RespException unknownYet) {
                            return false;
                        }
                    });
            Polling.until("the replica at port " + replica.port() + " is in step", PATIENCE, () -> String.valueOf(
                            replica.call("INFO", "replication"))
                    .contains("master_link_status:up"));
        }
    }
}
