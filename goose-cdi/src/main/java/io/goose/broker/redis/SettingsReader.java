package io.goose.broker.redis;

import io.goose.broker.redis.RedisSettings.Mode;
import io.goose.broker.redis.RedisSettings.Sentinel;
import io.goose.spi.BrokerSettings;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/** Reads and checks the properties of one broker. Collects all mistakes; used once, by one thread. */
final class SettingsReader {

    private static final Pattern UP_TO_HOST = Pattern.compile("^[^/]*//[^/?#]*");
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    private final BrokerSettings source;
    private final List<String> problems = new ArrayList<>();

    private SettingsReader(BrokerSettings source) {
        this.source = source;
    }

    /** What is wrong with the properties; empty if nothing is. */
    static List<String> problems(BrokerSettings source) {
        SettingsReader reader = new SettingsReader(source);
        reader.read();
        return List.copyOf(reader.problems);
    }

    /** The settings that the properties stand for. */
    static RedisSettings settings(BrokerSettings source) {
        SettingsReader reader = new SettingsReader(source);
        RedisSettings settings = reader.read();
        if (settings == null || !reader.problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", reader.problems));
        }
        return settings;
    }

    private @Nullable RedisSettings read() {
        Mode mode = mode();
        URI url = url();
        List<HostAndPort> nodes = nodes(url, mode);
        int database = database(url, mode);
        @Nullable String[] login = login(url);
        Sentinel sentinel = sentinel(mode);
        TlsSettings tls = tls(url);
        int poolMax = poolMax();
        Duration timeout = duration("timeout", "PT5S");
        Duration connectTimeout = duration("connect-timeout", "PT2S");
        Duration sendTimeout = duration("send-timeout", "PT10S");
        Optional<Durability> durability = durability();
        if (!problems.isEmpty() || durability.isEmpty()) {
            return null;
        }
        return new RedisSettings(
                mode,
                nodes,
                database,
                login[0],
                login[1],
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
                problem("GOOSE-3020", "mode", text, "set it to standalone, sentinel or cluster");
                yield Mode.STANDALONE;
            }
        };
    }

    private @Nullable URI url() {
        Optional<String> text = source.get("url");
        if (text.isEmpty()) {
            return null;
        }
        try {
            URI url = new URI(text.get());
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.equals("redis") && !scheme.equals("rediss")) {
                problems.add("GOOSE-3021: " + source.keyName("url") + " begins with '" + scheme
                        + "://'; Redis is reached by redis://host:port or rediss://host:port");
                return null;
            }
            if (UP_TO_HOST.matcher(text.get()).replaceFirst("").contains("@")) {
                problems.add("GOOSE-3021: " + source.keyName("url")
                        + " has an @ behind what reads as its host; put credentials into "
                        + source.keyName("username") + " and " + source.keyName("password"));
                return null;
            }
            if (url.getHost() == null) {
                problems.add("GOOSE-3021: " + source.keyName("url")
                        + " names no host that can be read; write redis://host:port, several hosts go to "
                        + source.keyName("nodes"));
                return null;
            }
            return url;
        } catch (URISyntaxException wrong) { // its message holds the whole text, which may hold a password
            problems.add("GOOSE-3021: " + source.keyName("url") + " is no URL: " + wrong.getReason() + " at position "
                    + wrong.getIndex() + "; write redis://host:port and put credentials into "
                    + source.keyName("username") + " and " + source.keyName("password"));
            return null;
        }
    }

    private List<HostAndPort> nodes(@Nullable URI url, Mode mode) {
        int port = mode == Mode.SENTINEL ? SENTINEL_PORT : REDIS_PORT;
        Optional<String> text = source.get("nodes");
        if (text.isEmpty()) {
            if (url == null && source.get("url").isEmpty()) {
                problems.add("GOOSE-3022: broker '" + source.name() + "' says nowhere where its Redis is; set "
                        + source.keyName("url") + "=redis://host:port or " + source.keyName("nodes") + "=host:port,…");
            }
            return url == null
                    ? List.of()
                    : List.of(new HostAndPort(url.getHost(), url.getPort() < 0 ? port : url.getPort()));
        }
        if (text.get().contains("@")) {
            problem(
                    "GOOSE-3023",
                    "nodes",
                    "***" + text.get().substring(text.get().lastIndexOf('@')),
                    "each node is host or host:port; put credentials into " + source.keyName("username") + " and "
                            + source.keyName("password"));
            return List.of();
        }
        List<String> written = Stream.of(text.get().split(","))
                .map(String::trim)
                .filter(node -> !node.isEmpty())
                .toList();
        if (written.isEmpty()) {
            problem("GOOSE-3023", "nodes", text.get(), "it has no node; write host:port,…");
        }
        List<HostAndPort> nodes = written.stream()
                .map(node -> node(node, port))
                .flatMap(Optional::stream)
                .toList();
        if (mode == Mode.STANDALONE && nodes.size() > 1) {
            problem(
                    "GOOSE-3023",
                    "nodes",
                    text.get(),
                    "a standalone Redis is one node; set " + source.keyName("mode")
                            + " to cluster, or to sentinel with " + source.keyName("sentinel.master"));
        }
        return nodes;
    }

    private Optional<HostAndPort> node(String text, int defaultPort) {
        try {
            URI parsed = new URI("redis://" + text);
            if (parsed.getHost() != null && parsed.getPath().isEmpty()) {
                int port = parsed.getPort() < 0 ? defaultPort : parsed.getPort();
                return Optional.of(new HostAndPort(parsed.getHost(), port));
            }
        } catch (URISyntaxException wrong) {
            // falls through to the same complaint
        }
        problem("GOOSE-3023", "nodes", text, "each node is host or host:port");
        return Optional.empty();
    }

    private int database(@Nullable URI url, Mode mode) {
        String path = url == null || url.getPath() == null ? "" : url.getPath().replaceFirst("^/", "");
        if (path.isEmpty()) {
            return 0;
        }
        if (!path.matches("\\d{1,4}")) {
            problems.add("GOOSE-3021: " + source.keyName("url") + " ends in '/" + path
                    + "', which is no database number; write redis://host:port/0");
            return 0;
        }
        int database = Integer.parseInt(path);
        if (mode == Mode.CLUSTER && database != 0) {
            problems.add("GOOSE-3021: " + source.keyName("url") + " ends in '/" + database
                    + "', but a cluster has only database 0; leave it out");
        }
        return database;
    }

    private @Nullable String[] login(@Nullable URI url) {
        @Nullable String[] login = {
            source.get("username").orElse(null), source.get("password").orElse(null)
        };
        String info = url == null ? null : url.getRawUserInfo();
        if (info != null && !info.isEmpty()) {
            if (login[0] != null || login[1] != null) {
                problems.add("GOOSE-3024: " + source.keyName("url") + " holds credentials and so do "
                        + source.keyName("username") + " or " + source.keyName("password") + "; keep the latter");
            }
            int colon = info.indexOf(':');
            login[0] = colon <= 0 ? null : decode(info.substring(0, colon));
            login[1] = decode(info.substring(colon + 1));
        }
        if (login[0] != null && login[1] == null) {
            problems.add("GOOSE-3024: " + source.keyName("username") + " is set without " + source.keyName("password")
                    + "; set both");
        }
        return login;
    }

    private static String decode(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private @Nullable Sentinel sentinel(Mode mode) {
        Optional<String> master = source.get("sentinel.master");
        if (mode != Mode.SENTINEL) {
            if (master.isPresent()) {
                problem(
                        "GOOSE-3025",
                        "sentinel.master",
                        master.get(),
                        "remove it or set " + source.keyName("mode") + "=sentinel");
            } else {
                Stream.of("sentinel.username", "sentinel.password")
                        .filter(key -> source.get(key).isPresent())
                        .findFirst()
                        .ifPresent(key -> problems.add("GOOSE-3025: " + source.keyName(key)
                                + " is set, but nothing says that there are Sentinels; remove it or set "
                                + source.keyName("sentinel.master")));
            }
            return null;
        }
        if (master.isEmpty()) {
            problems.add(
                    "GOOSE-3025: " + source.keyName("mode") + "=sentinel needs " + source.keyName("sentinel.master")
                            + "; set it to the name that the Sentinels know the primary by");
            return null;
        }
        return new Sentinel(
                master.get(),
                source.get("sentinel.username").orElse(null),
                source.get("sentinel.password").orElse(null));
    }

    private @Nullable TlsSettings tls(@Nullable URI url) {
        boolean wanted = url != null && "rediss".equalsIgnoreCase(url.getScheme());
        Optional<String> stray = RedisBrokerFactory.KEYS.stream()
                .filter(key -> key.startsWith("tls.") && source.get(key).isPresent())
                .sorted()
                .findFirst();
        boolean onlyNodes = url == null && source.get("url").isEmpty();
        if (!wanted && !onlyNodes && stray.isPresent()) {
            problems.add("GOOSE-3026: " + source.keyName(stray.get()) + " is set, but " + source.keyName("url")
                    + " begins with redis://; write rediss:// or remove it");
        }
        if (!wanted && !(onlyNodes && stray.isPresent())) {
            return null;
        }
        checkStore("truststore");
        checkStore("keystore");
        String verify = source.get("tls.verify-hostname").orElse("true").toLowerCase(Locale.ROOT);
        if (!verify.equals("true") && !verify.equals("false")) {
            problem("GOOSE-3026", "tls.verify-hostname", verify, "set it to true or false");
        }
        try {
            return TlsSettings.load(store("truststore"), store("keystore"), !verify.equals("false"));
        } catch (IOException | GeneralSecurityException | RuntimeException unreadable) {
            problems.add("GOOSE-3026: cannot read "
                    + source.get("tls.truststore")
                            .map(file -> "'" + file + "' of " + source.keyName("tls.truststore"))
                            .orElse("the JVM's trust store")
                    + source.get("tls.keystore")
                            .map(file -> " or '" + file + "' of " + source.keyName("tls.keystore"))
                            .orElse("")
                    + ": " + unreadable + "; check the file, its type and its password");
            return null;
        }
    }

    private void checkStore(String kind) {
        String file = "tls." + kind;
        Stream.of(file + "-password", file + "-type")
                .filter(key -> source.get(key).isPresent() && source.get(file).isEmpty())
                .findFirst()
                .ifPresent(key -> problems.add("GOOSE-3026: " + source.keyName(key) + " is set without "
                        + source.keyName(file) + "; set both or remove it"));
    }

    private TlsSettings.@Nullable Store store(String kind) {
        return source.get("tls." + kind)
                .map(file -> new TlsSettings.Store(
                        Path.of(file),
                        source.get("tls." + kind + "-password").orElse(null),
                        source.get("tls." + kind + "-type").orElse("PKCS12")))
                .orElse(null);
    }

    private int poolMax() {
        String text = source.get("pool.max").orElse("16");
        if (text.matches("\\d{1,4}") && Integer.parseInt(text) >= 2) {
            return Integer.parseInt(text);
        }
        problem("GOOSE-3027", "pool.max", text, "set it to a number from 2 to 9999");
        return 2;
    }

    private Duration duration(String key, String standard) {
        String text = source.get(key).orElse(standard);
        try {
            Duration value = Duration.parse(text);
            if (value.compareTo(Duration.ofMillis(10)) >= 0 && value.compareTo(Duration.ofMinutes(10)) <= 0) {
                return value;
            }
        } catch (DateTimeParseException wrong) {
            // falls through to the same complaint
        }
        problem("GOOSE-3028", key, text, "set it to a duration from PT0.01S to PT10M, such as " + standard);
        return Duration.parse(standard);
    }

    private Optional<Durability> durability() {
        String text = source.get("durability").orElse("memory");
        Optional<Durability> level = Durability.parse(text);
        if (level.isEmpty()) {
            problem("GOOSE-3029", "durability", text, "set it to memory, replicas:<n> or fsync");
        }
        return level;
    }

    private void problem(String code, String key, String value, String mend) {
        problems.add(code + ": " + source.keyName(key) + "='" + value + "' cannot be used; " + mend);
    }
}
