package io.goose.it.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a RabbitMQ of version 3.10 or later and starts nodes. The first of these that has it is taken: {@code rabbitmq-server}
 * and {@code rabbitmqctl} where Debian and Red Hat put them, on the PATH, apt on Debian and Ubuntu, only with
 * {@code -Dit.install=apt} and as root. Nodes have no plugin. Stateless.
 */
public final class RabbitMq {

    private static final Version LEAST = Version.parse("3.10");
    private static final String PROGRAM = "rabbitmq-server";
    private static final String CONTROL = "rabbitmqctl";
    private static final Pattern NUMBERED = Pattern.compile("rabbitmq(?:_server-|/)(\\d+\\.\\d+(?:\\.\\d+)?)");
    private static final Path PACKAGED =
            Path.of("/usr/lib/rabbitmq/bin"); // those on the PATH insist on users of their own

    private RabbitMq() {}

    /** Where the programs are. */
    record Binary(Path folder, Version version) {

        Path server() {
            return folder.resolve(PROGRAM);
        }

        Path control() {
            return folder.resolve(CONTROL);
        }
    }

    /**
     * Starts a node that is alone.
     *
     * @param settings more lines for {@code rabbitmq.conf}
     * @throws ServerUnavailableException if there is none, or it does not start; the message says what would mend that
     */
    public static RabbitCluster start(String... settings) {
        return cluster(1, settings);
    }

    /**
     * Starts a node that is alone and takes TLS, too.
     *
     * @param tls what it shows
     * @param settings more lines for {@code rabbitmq.conf}
     * @throws ServerUnavailableException if there is none, or it does not start; the message says what would mend that
     */
    public static RabbitCluster secured(TlsFiles tls, String... settings) {
        return RabbitCluster.start(find(), 1, List.of(settings), tls);
    }

    /**
     * Starts nodes that form one cluster.
     *
     * @param nodes how many
     * @param settings more lines for the {@code rabbitmq.conf} of each
     * @throws ServerUnavailableException if there is none, or they do not start; the message says what would mend that
     */
    public static RabbitCluster cluster(int nodes, String... settings) {
        return RabbitCluster.start(find(), nodes, List.of(settings), null);
    }

    private static Binary find() {
        List<String> looked = new ArrayList<>();
        return onThisMachine(looked)
                .or(() -> byApt(looked))
                .orElseThrow(() -> new ServerUnavailableException(missing(looked)));
    }

    private static Optional<Binary> onThisMachine(List<String> looked) {
        List<Path> folders = Stream.concat(
                        Stream.of(PACKAGED),
                        Commands.allOnPath(PROGRAM).stream().map(Path::getParent))
                .filter(folder -> Files.isExecutable(folder.resolve(PROGRAM)))
                .toList();
        for (Path folder : folders) {
            Optional<Version> version = version(folder);
            if (version.filter(found -> found.atLeast(LEAST)).isPresent()) {
                return version.map(found -> new Binary(folder, found));
            }
            looked.add("PATH: " + folder.resolve(PROGRAM) + " is "
                    + version.map(Version::toString)
                            .orElse("without a version in its path, or without rabbitmqctl beside it"));
        }
        if (folders.isEmpty()) {
            looked.add("PATH: no " + PROGRAM + ", nor in " + PACKAGED);
        }
        return Optional.empty();
    }

    /**
     * As the folders of every distribution tell it: {@code rabbitmq_server-3.10.8/sbin}, {@code rabbitmq/4.0.5/sbin}. Asked for
     * it, the programs would start a daemon that stays.
     */
    private static Optional<Version> version(Path folder) {
        Matcher number = NUMBERED.matcher(real(folder.resolve(PROGRAM)).toString());
        return number.find() && Files.isExecutable(folder.resolve(CONTROL))
                ? Optional.of(Version.parse(number.group(1)))
                : Optional.empty();
    }

    private static Path real(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Binary> byApt(List<String> looked) {
        Optional<String> obstacle = Apt.install(PROGRAM, version -> version.atLeast(LEAST));
        if (obstacle.isPresent()) {
            looked.add("apt: " + obstacle.get());
            return Optional.empty();
        }
        return onThisMachine(looked);
    }

    private static String missing(List<String> looked) {
        return "RabbitMQ " + LEAST.major() + "." + LEAST.minor() + " or later is needed and was not found ("
                + String.join("; ", looked) + "). Any of these mends it: put " + PROGRAM
                + " and rabbitmqctl on the PATH; on Debian or Ubuntu, as root, add -D" + Apt.PROPERTY + "=apt";
    }
}
