package io.goose.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds a MariaDB of version 10.6 or later and starts servers. The first of these that has it is taken: {@code mariadbd} and
 * {@code mariadb-install-db} on the PATH, apt on Debian and Ubuntu, only with {@code -Dit.install=apt} and as root. Stateless.
 */
public final class MariaDb {

    private static final Version LEAST = Version.parse("10.6");
    private static final String PROGRAM = "mariadbd";
    private static final String INSTALLER = "mariadb-install-db";

    private static final String USER_AND_DATABASE = """
            CREATE DATABASE IF NOT EXISTS goose CHARACTER SET utf8mb4;
            CREATE USER IF NOT EXISTS 'goose'@'%' IDENTIFIED BY 'goose';
            GRANT ALL PRIVILEGES ON *.* TO 'goose'@'%';
            """;

    private MariaDb() {}

    private record Binary(Path server, Path installer, Version version) {}

    /**
     * Starts a server with an empty database.
     *
     * @param options more options, each {@code --name=value}
     * @throws ServerUnavailableException if there is none, or it does not start; the message says what would mend that
     */
    public static DatabaseServer start(String... options) {
        Binary binary = find();
        Path home = Unprivileged.home("mariadb");
        Path data = home.resolve("data");
        Unprivileged.runAs(List.of(
                binary.installer().toString(),
                "--no-defaults",
                "--datadir=" + data,
                "--auth-root-authentication-method=normal",
                "--skip-test-db"));
        int port = FreePorts.next();
        List<String> command = new ArrayList<>(List.of(
                binary.server().toString(),
                "--no-defaults",
                "--datadir=" + data,
                "--port=" + port,
                "--bind-address=" + LocalServer.HOST,
                "--socket=" + home.resolve("s"),
                "--pid-file=" + home.resolve("pid"),
                "--init-file=" + initFile(home),
                "--innodb-flush-log-at-trx-commit=2",
                "--max-connections=200"));
        command.addAll(List.of(options));
        DatabaseServer server = new DatabaseServer(
                new LocalServer.Setup(
                        "MariaDB",
                        binary.version(),
                        port,
                        home,
                        "ready for connections",
                        new ChildProcess(Unprivileged.command(command), home, home.resolve("server.log"), "TERM")),
                "jdbc:mariadb://" + LocalServer.HOST + ":" + port + "/goose");
        server.start();
        return server;
    }

    private static Path initFile(Path home) {
        try {
            Path file = Files.writeString(home.resolve("init.sql"), USER_AND_DATABASE);
            Unprivileged.own(home);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Binary find() {
        List<String> looked = new ArrayList<>();
        return onPath(looked)
                .or(() -> byApt(looked))
                .orElseThrow(() -> new ServerUnavailableException(missing(looked)));
    }

    private static Optional<Binary> onPath(List<String> looked) {
        Optional<Path> installer = Commands.onPath(INSTALLER);
        List<Path> servers = new ArrayList<>(Commands.allOnPath(PROGRAM));
        Path debian = Path.of("/usr/sbin", PROGRAM); // not on the PATH of ordinary users
        if (Files.isExecutable(debian)) {
            servers.add(debian);
        }
        for (Path server : servers) {
            Optional<Version> version = Version.find(
                    "Ver ",
                    Commands.run(server.toString(), "--no-defaults", "--version")
                            .output());
            if (installer.isPresent()
                    && version.filter(found -> found.atLeast(LEAST)).isPresent()) {
                return Optional.of(new Binary(server, installer.get(), version.get()));
            }
            looked.add("PATH: " + server + " is "
                    + version.map(Version::toString).orElse("not runnable")
                    + (installer.isPresent() ? "" : ", and there is no " + INSTALLER));
        }
        if (servers.isEmpty()) {
            looked.add("PATH: no " + PROGRAM);
        }
        return Optional.empty();
    }

    private static Optional<Binary> byApt(List<String> looked) {
        Optional<String> obstacle = Apt.install("mariadb-server", version -> version.atLeast(LEAST));
        if (obstacle.isPresent()) {
            looked.add("apt: " + obstacle.get());
            return Optional.empty();
        }
        return onPath(looked);
    }

    private static String missing(List<String> looked) {
        return "MariaDB " + LEAST.major() + "." + LEAST.minor() + " or later is needed and was not found ("
                + String.join("; ", looked) + "). Any of these mends it: put " + PROGRAM + " and " + INSTALLER
                + " on the PATH; on Debian or Ubuntu, as root, add -D" + Apt.PROPERTY + "=apt";
    }
}
