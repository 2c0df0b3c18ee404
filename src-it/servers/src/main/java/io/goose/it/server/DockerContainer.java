package io.goose.it.server;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.PortBinding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A Redis server in one container, which is kept over kill and restart: its port on the host is fixed and its data is a
 * directory of the host. Testcontainers removes the container when this JVM is gone.
 */
final class DockerContainer implements ServerControl {

    private final GenericContainer<?> container;
    private int logStart;

    DockerContainer(String image, Path home, String mountedAt, int port, boolean publish, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("redis-server", mountedAt + "/" + RedisConfiguration.FILE));
        command.addAll(arguments);
        container = new GenericContainer<>(DockerImageName.parse(image))
                .withFileSystemBind(home.toString(), mountedAt, BindMode.READ_WRITE)
                .withCreateContainerCmdModifier(create -> {
                    create.withEntrypoint(command).withUser(owner(home));
                    if (publish) {
                        publish(create, port);
                    }
                });
        if (!publish) {
            container.withNetworkMode("host");
        }
    }

    private static void publish(CreateContainerCmd create, int port) {
        PortBinding binding = PortBinding.parse("127.0.0.1:" + port + ":" + port);
        create.withExposedPorts(binding.getExposedPort());
        Objects.requireNonNull(create.getHostConfig()).withPortBindings(binding);
    }

    /** The files belong to us, whoever the image would like to be; on Windows the engine does not mind. */
    private static String owner(Path home) {
        try {
            return Files.getFileStore(home).supportsFileAttributeView("unix")
                    ? Files.getAttribute(home, "unix:uid") + ":" + Files.getAttribute(home, "unix:gid")
                    : "0:0";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void start() {
        if (container.getContainerId() == null) {
            container.start();
        } else {
            logStart = container.getLogs().length();
            client().startContainerCmd(container.getContainerId()).exec();
        }
    }

    @Override
    public void kill() {
        if (isRunning()) {
            client().killContainerCmd(container.getContainerId())
                    .withSignal("KILL")
                    .exec();
            client().waitContainerCmd(container.getContainerId()).start().awaitStatusCode();
        }
    }

    @Override
    public void stop(Duration patience) {
        if (isRunning()) {
            resume();
            client().stopContainerCmd(container.getContainerId())
                    .withTimeout(Math.toIntExact(patience.toSeconds()))
                    .exec();
        }
    }

    @Override
    public void pause() {
        client().pauseContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void resume() {
        if (Boolean.TRUE.equals(container.getCurrentContainerInfo().getState().getPaused())) {
            client().unpauseContainerCmd(container.getContainerId()).exec();
        }
    }

    @Override
    public boolean isRunning() {
        return container.isRunning();
    }

    @Override
    public String log() {
        return container.getLogs().substring(logStart);
    }

    @Override
    public void discard() {
        container.stop(); // Testcontainers' stop kills and removes
    }

    private DockerClient client() {
        return container.getDockerClient();
    }
}
