package io.goose.examples.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Open Liberty: its script knows the many options of the JVM and replaces itself by it. */
record Liberty(RunSettings settings) implements AppServer {

    private static final String SERVER = "studio";

    /** An application failed to start; a feature or the port is missing. */
    private static final List<String> GIVEN_UP = List.of("CWWKZ0002E", "CWWKZ0004E", "CWWKF0001E", "CWWKO0221E");

    @Override
    public String name() {
        return "Open Liberty";
    }

    @Override
    public List<Port> ports() {
        return List.of(new Port("page", settings.httpPort(), "http.port"));
    }

    @Override
    public void prepare() {
        if (!Files.isRegularFile(script())) {
            throw new RunException(
                    "there is no Open Liberty in " + settings.home() + "; build without -Dstudio.liberty.skip");
        }
        Path configuration = settings.home().resolve("usr/servers").resolve(SERVER);
        Path overrides = configuration.resolve("configDropins/overrides");
        try {
            Files.createDirectories(overrides);
            Files.copy(
                    configuration.resolve("layouts").resolve(settings.layout().text() + ".xml"),
                    overrides.resolve("layout.xml"),
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RunException("cannot configure Open Liberty in " + configuration + ": " + e.getMessage(), e);
        }
    }

    @Override
    public List<String> command() {
        return List.of(script().toString(), "run", SERVER);
    }

    @Override
    public Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(Map.of(
                "JAVA_HOME", settings.javaHome().toString(),
                "JVM_ARGS", "-Xmx512m -Djava.awt.headless=true -Djava.net.preferIPv4Stack=true",
                "HTTP_PORT", Integer.toString(settings.httpPort()),
                "STUDIO_WAR", settings.war().toString(),
                "STUDIO_H2", settings.h2().toString(),
                "STUDIO_DATABASE", settings.databaseUrl()));
        settings.rar().ifPresent(rar -> environment.put("STUDIO_RAR", rar.toString()));
        return environment;
    }

    @Override
    public Optional<String> failure(Path log) {
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> GIVEN_UP.stream().anyMatch(line::contains))
                    .findFirst();
        } catch (IOException e) {
            return Optional.of("its log cannot be read: " + e.getMessage());
        }
    }

    private Path script() {
        return settings.home().resolve("bin").resolve(RunSettings.onWindows() ? "server.bat" : "server");
    }
}
