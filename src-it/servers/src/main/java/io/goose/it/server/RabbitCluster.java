package io.goose.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Nodes of RabbitMQ that form a cluster, or one alone, and the daemon that tells them where they are. Nothing of it is shared
 * with other clusters on the machine. Thread-safe.
 */
public final class RabbitCluster implements AutoCloseable {

    private static final String READY = "Server startup complete";

    /** After so long a message is dead-lettered again whose confirmation a crash has lost; 3 minutes where nobody sets it. */
    private static final int DEAD_LETTERED_AGAIN_MILLIS = Integer.getInteger("it.rabbitmq.again.millis", 5_000);

    private static final Duration DAEMON_PATIENCE = Duration.ofSeconds(60);

    private final Path home;
    private final ServerControl names;
    private final List<RabbitNode> nodes;

    private RabbitCluster(Path home, ServerControl names, List<RabbitNode> nodes) {
        this.home = home;
        this.names = names;
        this.nodes = List.copyOf(nodes);
    }

    static RabbitCluster start(RabbitMq.Binary binary, int count, List<String> settings, @Nullable TlsFiles tls) {
        Path home = Unprivileged.home("rabbitmq");
        int namesPort = FreePorts.next();
        ServerControl names = new ChildProcess(
                Unprivileged.command(List.of(
                        "env", "ERL_EPMD_ADDRESS=" + LocalServer.HOST, "epmd", "-port", Integer.toString(namesPort))),
                home,
                home.resolve("names.log"));
        List<RabbitNode> nodes = IntStream.rangeClosed(1, count)
                .mapToObj(n -> node(binary, home, namesPort, n, configuration(count, settings), tls))
                .toList();
        Unprivileged.own(home);
        RabbitCluster cluster = new RabbitCluster(home, names, nodes);
        boolean started = false;
        try {
            names.start();
            Polling.until("names are told", DAEMON_PATIENCE, () -> !FreePorts.isFree(namesPort));
            cluster.startNodes();
            started = true;
        } finally {
            if (!started) {
                cluster.close();
            }
        }
        return cluster;
    }

    private static RabbitNode node(
            RabbitMq.Binary binary,
            Path home,
            int namesPort,
            int number,
            String configuration,
            @Nullable TlsFiles tls) {
        int port = FreePorts.next();
        int securePort = tls == null ? 0 : FreePorts.next();
        String name = name(number);
        Path files = directory(home.resolve("n" + number));
        String secured = tls == null ? "" : String.join("\n", tls.installForRabbit(files, securePort)) + "\n";
        Path file = write(
                files.resolve("rabbitmq.conf"),
                "listeners.tcp.1 = " + LocalServer.HOST + ":" + port + "\n" + secured + configuration);
        Path plugins = write(files.resolve("plugins"), "[].\n");
        List<String> environment = List.of(
                "env",
                "HOME=" + home, // the nodes' common secret is made there
                "ERL_EPMD_PORT=" + namesPort,
                "ERL_CRASH_DUMP_SECONDS=0",
                "RABBITMQ_NODENAME=" + name,
                "RABBITMQ_NODE_IP_ADDRESS=" + LocalServer.HOST,
                "RABBITMQ_NODE_PORT=" + port,
                "RABBITMQ_DIST_PORT=" + FreePorts.next(),
                "RABBITMQ_MNESIA_BASE=" + files.resolve("data"),
                "RABBITMQ_LOG_BASE=" + files,
                "RABBITMQ_LOGS=-",
                "RABBITMQ_CONF_ENV_FILE=" + files.resolve("none"),
                "RABBITMQ_CONFIG_FILE=" + file,
                "RABBITMQ_ENABLED_PLUGINS_FILE=" + plugins,
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"
                        + " -rabbit dead_letter_worker_publisher_confirm_timeout " + DEAD_LETTERED_AGAIN_MILLIS,
                "RUNNING_UNDER_SYSTEMD=true"); // no shell stays between this process and the node
        List<String> command = new ArrayList<>(environment);
        command.add(binary.server().toString());
        LocalServer.Setup setup = new LocalServer.Setup(
                "RabbitMQ",
                binary.version(),
                port,
                files,
                READY,
                new ChildProcess(Unprivileged.command(command), files, files.resolve("server.log")));
        return new RabbitNode(setup, name, binary.control(), environment, securePort);
    }

    private static String name(int number) {
        return "n" + number + "@localhost";
    }

    /** A log of 512 MB for quorum queues, which is usual, would be too much for a test. */
    private static String configuration(int count, List<String> settings) {
        String common = """
                log.console.level = info
                raft.wal_max_size_bytes = 64000000
                disk_free_limit.absolute = 200MB
                """;
        String peers = count == 1
                ? ""
                : "cluster_formation.peer_discovery_backend = classic_config\n"
                        + IntStream.rangeClosed(1, count)
                                .mapToObj(n -> "cluster_formation.classic_config.nodes." + n + " = " + name(n) + "\n")
                                .collect(Collectors.joining());
        return common + peers + settings.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static Path directory(Path path) {
        try {
            return Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path write(Path path, String text) {
        try {
            return Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first makes the secret and the cluster; the others, which join it, at the same time. */
    private void startNodes() {
        nodes.get(0).start();
        List<CompletableFuture<Void>> others = nodes.stream()
                .skip(1)
                .map(node -> CompletableFuture.runAsync(node::start))
                .toList();
        try {
            others.forEach(CompletableFuture::join);
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    /** All nodes; the first one was started first. */
    public List<RabbitNode> nodes() {
        return nodes;
    }

    /** The first node. */
    public RabbitNode node() {
        return nodes.get(0);
    }

    /** Ends all nodes at once, and deletes what they wrote. */
    @Override
    public void close() {
        nodes.forEach(RabbitNode::kill); // an orderly end of three takes half a minute, and nothing of it is kept
        nodes.forEach(RabbitNode::close);
        names.discard();
        WorkDirectory.delete(home);
    }

    @Override
    public String toString() {
        return nodes.toString();
    }
}
