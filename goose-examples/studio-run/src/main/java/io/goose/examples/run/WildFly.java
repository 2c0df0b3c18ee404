package io.goose.examples.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wildfly.core.launcher.StandaloneCommandBuilder;

/** WildFly: its JVM is started without the shell script between, so that its process id is known. */
record WildFly(RunSettings settings) implements AppServer {

    /** What this or another layout's run may have left to be deployed. */
    private static final List<String> ARCHIVES =
            List.of("goose-studio.war", "goose-studio.ear", "goose-jca-adapter.rar");

    /** What is changed about the server's configuration: its default data source is in memory. */
    private static final String CHANGES = """
            wildfly-configuration:
              subsystem:
                datasources:
                  data-source:
                    ExampleDS:
                      connection-url: ${studio.database}
            """;

    /** Where the resource adapter's broker is. */
    private static final String ADAPTER = """
              system-property:
                goose.jca.url:
                  value: ${env.STUDIO_ADAPTER_URL}
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
            for (String archive : ARCHIVES) {
                for (String marker : List.of("", ".deployed", ".failed", ".undeployed", ".isdeploying", ".pending")) {
                    Files.deleteIfExists(deployments.resolve(archive + marker));
                }
            }
            for (Path archive : settings.archives()) {
                Files.copy(archive, deployments.resolve(archive.getFileName()));
            }
            Files.writeString(changes(), settings.layout().hasAdapter() ? CHANGES + ADAPTER : CHANGES);
        } catch (IOException e) {
            throw new RunException("cannot put " + settings.archives() + " into WildFly: " + e.getMessage(), e);
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
                // How the message-driven bean finds the adapter: one of its own EAR by another name than one that
                // stands alone.
                .addServerArgument(
                        "-Dstudio.adapter=" + (settings.layout() == Layout.EAR ? "#" : "") + "goose-jca-adapter.rar")
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
        try {
            for (Path archive : settings.archives()) {
                Path marker = deployments().resolve(archive.getFileName() + ".failed");
                if (Files.exists(marker)) {
                    return Optional.of(Files.readString(marker));
                }
            }
            return Optional.empty();
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
