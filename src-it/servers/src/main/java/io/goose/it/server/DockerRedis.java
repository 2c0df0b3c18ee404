package io.goose.it.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/**
 * The official Redis image on a Docker engine. Alone, a server has its own network and its port published on the loopback
 * address under the same number; servers that talk to each other share the host's network, which needs an engine on Linux.
 *
 * @param image the image with its tag
 * @param version the version asked for; the tag decides the patch level
 */
record DockerRedis(String image, Version version) implements RedisProgram {

    private static final String HOME = "/goose";

    /** The image of the release line of {@code version}; empty, with a word in {@code looked}, if it cannot be had. */
    static Optional<DockerRedis> find(Version version, List<String> looked) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            looked.add("Docker: no engine answers");
            return Optional.empty();
        }
        String image = "redis:" + version.major() + "." + version.minor();
        try {
            return Optional.of(new DockerRedis(new RemoteDockerImage(DockerImageName.parse(image)).get(), version));
        } catch (ContainerFetchException e) {
            looked.add("Docker: no image " + image + " (" + e.getMessage() + ")");
            return Optional.empty();
        }
    }

    @Override
    public String homeSeenByServer(Path home) {
        return HOME;
    }

    @Override
    public List<String> bindDirectives(Networking networking) {
        return networking == Networking.ALONE
                ? List.of("bind 0.0.0.0", "protected-mode no")
                : List.of("bind 127.0.0.1");
    }

    @Override
    public ServerControl prepare(Path home, int port, Networking networking, List<String> arguments) {
        return new DockerContainer(image, home, HOME, port, networking == Networking.ALONE, arguments);
    }
}
