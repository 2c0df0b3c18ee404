package io.goose.broker.redis;

import io.goose.broker.net.ConnectionReader;
import io.goose.broker.net.ConnectionReader.Product;
import io.goose.broker.net.TlsSettings;
import io.goose.broker.redis.RedisSettings.Mode;
import io.goose.broker.redis.RedisSettings.Sentinel;
import io.goose.spi.BrokerSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/** Reads and checks the properties of one broker. Collects all mistakes; used once, by one thread. */
final class SettingsReader {

    private static final Product REDIS = new Product("Redis", "redis", "rediss");
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final BrokerSettings source;
    private final ConnectionReader reader;

    private SettingsReader(BrokerSettings source) {
        this.source = source;
        this.reader = new ConnectionReader(source, REDIS);
    }

    /** What is wrong with the properties; empty if nothing is. */
    static List<String> problems(BrokerSettings source) {
        SettingsReader reader = new SettingsReader(source);
        reader.read();
        return reader.reader.problems();
    }

    /** The settings that the properties stand for. */
    static RedisSettings settings(BrokerSettings source) {
        SettingsReader reader = new SettingsReader(source);
        RedisSettings settings = reader.read();
        if (settings == null || !reader.reader.isGood()) {
            throw new IllegalArgumentException(String.join("; ", reader.reader.problems()));
        }
        return settings;
    }

    private @Nullable RedisSettings read() {
        Mode mode = mode();
        URI url = reader.url();
        List<HostAndPort> nodes = nodes(url, mode);
        int database = database(url, mode);
        ConnectionReader.Login login = reader.login(url);
        Sentinel sentinel = sentinel(mode);
        TlsSettings tls = reader.tls(url, RedisBrokerFactory.KEYS);
        int poolMax = reader.number("GOOSE-3027", "pool.max", 16, 2);
        Duration timeout = reader.duration("timeout", "PT5S", LONGEST);
        Duration connectTimeout = reader.duration("connect-timeout", "PT2S", LONGEST);
        Duration sendTimeout = reader.duration("send-timeout", "PT10S", LONGEST);
        Optional<Durability> durability = durability();
        if (!reader.isGood() || durability.isEmpty()) {
            return null;
        }
        return new RedisSettings(
                mode,
                nodes,
                database,
                login.username(),
                login.password(),
                sentinel,
                tls,
                poolMax,
                timeout,
                connectTimeout,
                sendTimeout,
                durability.get());
    }

    private Mode mode() {
        String text = source.get("mode").orElse("").toLowerCase(Locale.ROOT);
        return switch (text) {
            case "" -> source.get("sentinel.master").isPresent() ? Mode.SENTINEL : Mode.STANDALONE;
            case "standalone" -> Mode.STANDALONE;
            case "sentinel" -> Mode.SENTINEL;
            case "cluster" -> Mode.CLUSTER;
            default -> {
                reader.problem("GOOSE-3020", "mode", text, "set it to standalone, sentinel or cluster");
                yield Mode.STANDALONE;
            }
        };
    }

    private List<HostAndPort> nodes(@Nullable URI url, Mode mode) {
        List<HostAndPort> nodes = reader.hosts(url, mode == Mode.SENTINEL ? SENTINEL_PORT : REDIS_PORT).stream()
                .map(host -> new HostAndPort(host.name(), host.port()))
                .toList();
        if (mode == Mode.STANDALONE && nodes.size() > 1) {
            reader.problem(
                    "GOOSE-3023",
                    "nodes",
                    source.get("nodes").orElse(""),
                    "a standalone Redis is one node; set " + source.keyName("mode")
                            + " to cluster, or to sentinel with " + source.keyName("sentinel.master"));
        }
        return nodes;
    }

    private int database(@Nullable URI url, Mode mode) {
        String path = url == null || url.getPath() == null ? "" : url.getPath().replaceFirst("^/", "");
        if (path.isEmpty()) {
            return 0;
        }
        if (!path.matches("\\d{1,4}")) {
            reader.problem("GOOSE-3021: " + source.keyName("url") + " ends in '/" + path
                    + "', which is no database number; write redis://host:port/0");
            return 0;
        }
        int database = Integer.parseInt(path);
        if (mode == Mode.CLUSTER && database != 0) {
            reader.problem("GOOSE-3021: " + source.keyName("url") + " ends in '/" + database
                    + "', but a cluster has only database 0; leave it out");
        }
        return database;
    }

    private @Nullable Sentinel sentinel(Mode mode) {
        Optional<String> master = source.get("sentinel.master");
        if (mode != Mode.SENTINEL) {
            if (master.isPresent()) {
                reader.problem(
                        "GOOSE-3025",
                        "sentinel.master",
                        master.get(),
                        "remove it or set " + source.keyName("mode") + "=sentinel");
            } else {
                Stream.of("sentinel.username", "sentinel.password")
                        .filter(key -> source.get(key).isPresent())
                        .findFirst()
                        .ifPresent(key -> reader.problem("GOOSE-3025: " + source.keyName(key)
                                + " is set, but nothing says that there are Sentinels; remove it or set "
                                + source.keyName("sentinel.master")));
            }
            return null;
        }
        if (master.isEmpty()) {
            reader.problem(
                    "GOOSE-3025: " + source.keyName("mode") + "=sentinel needs " + source.keyName("sentinel.master")
                            + "; set it to the name that the Sentinels know the primary by");
            return null;
        }
        return new Sentinel(
                master.get(),
                source.get("sentinel.username").orElse(null),
                source.get("sentinel.password").orElse(null));
    }

    private Optional<Durability> durability() {
        String text = source.get("durability").orElse("memory");
        Optional<Durability> level = Durability.parse(text);
        if (level.isEmpty()) {
            reader.problem("GOOSE-3029", "durability", text, "set it to memory, replicas:<n> or fsync");
        }
        return level;
    }
}
