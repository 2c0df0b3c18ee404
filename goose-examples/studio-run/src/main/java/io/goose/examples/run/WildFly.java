package io.goose.examples.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** WildFly: its JVM is started without the shell script between, so that its process id is known. */
record WildFly(RunSettings settings) implements AppServer {

    private static final String WAR = "goose-studio.war";

    /** What is changed about the server's configuration: its default data source is in memory. */
    private static final String CHANGES = """
            wildfly-configuration:
              subsystem:
                datasources:
                  data-source:
                    ExampleDS:
                      connection-url: ${studio.database}
            """;

    @Override
    public String name() {
        return "WildFly";
    }

    @Override
    public List<Port> ports() {
        return List.of(
                new Port("page", settings.httpPort(), "http.port"),
                new Port("WildFly's management", settings.managementPort(), "management.port"));
    }

    @Override
    public void prepare() {
        if (!Files.isDirectory(settings.home().resolve("modules"))) {
            throw new RunException(
                    "there is no WildFly in " + settings.home() + "; build without -Dstudio.wildfly.skip");
        }
        try {
            Path deployments = deployments();
            Files.createDirectories(deployments);
            for (String marker : List.of(".deployed", ".failed", ".undeployed", ".isdeploying")) {
                Files.deleteIfExists(deployments.resolve(WAR + marker));
            }
            Files.copy(settings.war(), deployments.resolve(WAR), StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(changes(), CHANGES);
        } catch (IOException e) {
            throw new RunException("cannot put " + settings.war() + " into WildFly: " + e.getMessage(), e);
        }
    }

    @Override
    public List<String> command() {
        return StandaloneCommandBuilder.of(settings.home())
                .setJavaHome(settings.javaHome())
                .setJavaOptions(
                        "-Xmx512m",
                        "-Dorg.jboss.logmanager.nocolor=true",
                        "-Djava.awt.headless=true",
                        "-Djava.net.preferIPv4Stack=true")
                .addServerArgument("--yaml=" + changes())
                .addServerArgument("-Dstudio.database=" + settings.databaseUrl())
                .addServerArgument("-Djboss.bind.address=127.0.0.1")
                .addServerArgument("-Djboss.bind.address.management=127.0.0.1")
                .addServerArgument("-Djboss.http.port=" + settings.httpPort())
                .addServerArgument("-Djboss.management.http.port=" + settings.managementPort())
                .build();
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public Optional<String> failure(Path log) {
        Path marker = deployments().resolve(WAR + ".failed");
        try {
            return Files.exists(marker) ? Optional.of(Files.readString(marker)) : Optional.empty();
        } catch (IOException e) {
            return Optional.of("see " + log);
        }
    }

    private Path changes() {
        return settings.dir().resolve("wildfly.yml").toAbsolutePath();
    }

    private Path deployments() {
        return settings.home().resolve("standalone/deployments");
    }
}
