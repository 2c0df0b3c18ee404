package io.goose.it.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The Redis executables that the Maven artifact {@code com.github.codemonstur:embedded-redis} carries as resources. They are
 * 6.2 throughout; the file names are not always true to the exact version, so the extracted file is asked.
 */
final class EmbeddedRedis {

    private static final Map<String, String> RESOURCES = Map.of(
            "linux/amd64", "/redis-server-6.2.6-v5-linux-amd64",
            "linux/aarch64", "/redis-server-6.2.7-linux-arm64",
            "mac/x86_64", "/redis-server-6.2.6-v5-darwin-amd64",
            "mac/aarch64", "/redis-server-6.2.6-v5-darwin-arm64");

    private EmbeddedRedis() {}

    /** Extracts the executable for this machine into {@code cache}; empty if there is none or it does not run here. */
    static Optional<RedisBinary> extract(Path cache) {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac")
                ? "mac"
                : System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String resource = RESOURCES.get(system + "/" + System.getProperty("os.arch"));
        if (resource == null) {
            return Optional.empty();
        }
        Path executable = cache.resolve(resource.substring(1));
        if (!Files.exists(executable)) {
            copy(resource, executable);
        }
        return RedisBinary.probe(executable);
    }

    /** Copies beside the target and renames, so that nobody starts half a file. */
    private static void copy(String resource, Path executable) {
        try (InputStream in = EmbeddedRedis.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new ServerUnavailableException(
                        "the resource " + resource + " is missing; is embedded-redis on the class path?");
            }
            Files.createDirectories(executable.toAbsolutePath().getParent());
            Path part = Files.createTempFile(executable.toAbsolutePath().getParent(), "redis-server", ".part");
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(part, executable, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot extract " + resource + " to " + executable, e);
        }
    }
}
