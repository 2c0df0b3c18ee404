package io.goose.it.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Asks for a Redis of some version. The first of these that has it is taken:
 *
 * <ol>
 *   <li>the server at {@code -Dit.redis.url=redis://…}, only through {@link #endpoint}, so never for a test that disturbs it,
 *   <li>{@code redis-server} on the PATH,
 *   <li>the executable in the Maven artifact {@code com.github.codemonstur:embedded-redis}, which is a 6.2,
 *   <li>the official image on a Docker engine,
 *   <li>apt on Debian and Ubuntu, only with {@code -Dit.install=apt} and as root.
 * </ol>
 *
 * <p>Where none has it, a {@link ServerUnavailableException} says what was looked at and what would mend it. Immutable.
 */
public final class Redis {

    /** The system property with the address of a server that may be used but not disturbed. */
    public static final String URL_PROPERTY = "it.redis.url";

    private static final String PROGRAM = "redis-server";
    private static final List<String> PROGRAMS = List.of(PROGRAM, "valkey-server");

    private final String description;
    private final Version version;
    private final Predicate<Version> wanted;

    private Redis(String description, Version version, Predicate<Version> wanted) {
        this.description = description;
        this.version = version;
        this.wanted = wanted;
    }

    /** The oldest Redis that Goose supports, or any later one. */
    public static Redis any() {
        return atLeast("6.2");
    }

    /** A Redis of one release line, such as {@code 7.0}, at any patch level. */
    public static Redis version(String line) {
        Version version = Version.parse(line);
        return new Redis("Redis " + line, version, version::sameLine);
    }

    /** A Redis of that version or any later one. */
    public static Redis atLeast(String least) {
        Version version = Version.parse(least);
        return new Redis("Redis " + least + " or later", version, found -> found.atLeast(version));
    }

    /** A standalone server of our own, to be started. */
    public RedisServer.Builder server() {
        return new RedisServer.Builder(program());
    }

    /** A primary with replicas and Sentinels, to be started. */
    public RedisSentinel.Builder sentinel() {
        return new RedisSentinel.Builder(program());
    }

    /** A cluster, to be started. */
    public RedisCluster.Builder cluster() {
        return new RedisCluster.Builder(program());
    }

    /** The given server if one is given and has the version, else a standalone server of our own, started. */
    public RedisEndpoint endpoint() {
        String given = System.getProperty(URL_PROPERTY);
        if (given != null && !given.isBlank()) {
            RedisEndpoint endpoint = GivenRedis.at(URI.create(given));
            if (wanted.test(endpoint.version())) {
                return endpoint;
            }
        }
        return server().start();
    }

    /** The program, wherever it is found. */
    RedisProgram program() {
        List<String> looked = new ArrayList<>();
        return onPath(looked)
                .or(() -> embedded(looked))
                .or(() -> DockerRedis.find(version, looked))
                .or(() -> byApt(looked))
                .orElseThrow(() -> new ServerUnavailableException(missing(looked)));
    }

    private Optional<RedisProgram> onPath(List<String> looked) {
        List<Path> executables = PROGRAMS.stream()
                .flatMap(program -> Commands.allOnPath(program).stream())
                .toList();
        for (Path executable : executables) {
            Optional<RedisBinary> binary = RedisBinary.probe(executable);
            if (accepted(binary)) {
                return binary.map(RedisProgram.class::cast);
            }
            looked.add("PATH: " + executable + " is "
                    + binary.map(found -> found.version().toString()).orElse("not runnable"));
        }
        if (looked.isEmpty()) {
            looked.add("PATH: no " + String.join(", no ", PROGRAMS));
        }
        return Optional.empty();
    }

    private Optional<RedisProgram> embedded(List<String> looked) {
        Optional<RedisBinary> binary =
                EmbeddedRedis.extract(WorkDirectory.root().resolve("bin"));
        if (accepted(binary)) {
            return binary.map(RedisProgram.class::cast);
        }
        looked.add("Maven artifact embedded-redis: "
                + binary.map(found -> found.version().toString()).orElse("nothing that runs on this system"));
        return Optional.empty();
    }

    private Optional<RedisProgram> byApt(List<String> looked) {
        Optional<String> obstacle = Apt.install(PROGRAM, wanted);
        if (obstacle.isPresent()) {
            looked.add("apt: " + obstacle.get());
            return Optional.empty();
        }
        return onPath(looked);
    }

    private boolean accepted(Optional<RedisBinary> binary) {
        return binary.map(RedisBinary::version).filter(wanted).isPresent();
    }

    private String missing(List<String> looked) {
        return description + " is needed and was not found (" + String.join("; ", looked)
                + "). Any of these mends it: put a "
                + PROGRAM + " of that version on the PATH; start a Docker engine; on Debian or Ubuntu, as root, add -D"
                + Apt.PROPERTY + "=apt; for tests that do not disturb the server, give one by -D" + URL_PROPERTY
                + "=redis://host:port";
    }
}
