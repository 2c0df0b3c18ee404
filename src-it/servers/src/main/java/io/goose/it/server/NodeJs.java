package io.goose.it.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Node.js for programs that use its own modules only: on the PATH, or by apt under the conditions of {@link Redis}.
 *
 * @param executable the program {@code node}
 * @param version at least 18
 */
public record NodeJs(Path executable, Version version) {

    private static final Version LEAST = new Version(18, 0, 0);

    /**
     * Finds one of version 18 or later.
     *
     * @throws ServerUnavailableException if there is none; the message says what was looked at and what would mend it
     */
    public static NodeJs require() {
        List<String> looked = new ArrayList<>();
        return onPath(looked)
                .or(() -> byApt(looked))
                .orElseThrow(() -> new ServerUnavailableException(missing(looked)));
    }

    private static Optional<NodeJs> onPath(List<String> looked) {
        for (Path executable : Commands.allOnPath("node")) {
            Optional<Version> version = Version.find(
                    "v", Commands.run(executable.toString(), "--version").output());
            if (version.filter(found -> found.atLeast(LEAST)).isPresent()) {
                return version.map(found -> new NodeJs(executable, found));
            }
            looked.add("PATH: " + executable + " is "
                    + version.map(Version::toString).orElse("not runnable"));
        }
        if (looked.isEmpty()) {
            looked.add("PATH: no node");
        }
        return Optional.empty();
    }

    private static Optional<NodeJs> byApt(List<String> looked) {
        Optional<String> obstacle = Apt.install("nodejs", version -> version.atLeast(LEAST));
        if (obstacle.isPresent()) {
            looked.add("apt: " + obstacle.get());
            return Optional.empty();
        }
        return onPath(looked);
    }

    private static String missing(List<String> looked) {
        return "Node.js 18 or later is needed and was not found (" + String.join("; ", looked)
                + "). Any of these mends it: put node 18 or later on the PATH; on Debian or Ubuntu, as root, add -D"
                + Apt.PROPERTY + "=apt";
    }
}
