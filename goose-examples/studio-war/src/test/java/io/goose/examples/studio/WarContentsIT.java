package io.goose.examples.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What an application with Goose on Redis carries: nothing may slip in with a new version of a library. */
class WarContentsIT {

    private static final Path WAR = Path.of("target", "goose-studio.war");

    /** It travels with each job as {@code origin.version}. */
    @Test
    void theLibrary_saysItsVersion() throws IOException {
        try (ZipFile war = new ZipFile(WAR.toFile())) {
            ZipEntry library = war.stream()
                    .filter(entry -> entry.getName().startsWith("WEB-INF/lib/goose-cdi-"))
                    .findFirst()
                    .orElseThrow();
            try (JarInputStream jar = new JarInputStream(war.getInputStream(library))) {
                String version = jar.getManifest().getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
                assertThat(library.getName()).isEqualTo("WEB-INF/lib/goose-cdi-" + version + ".jar");
            }
        }
    }

    @Test
    void theWar_packsTheseJarsOnly() throws IOException {
        try (ZipFile war = new ZipFile(WAR.toFile())) {
            List<String> jars = war.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("WEB-INF/lib/") && !name.endsWith("/"))
                    .map(name -> name.substring("WEB-INF/lib/".length()).replaceFirst("-[0-9][^/]*\\.jar$", ""))
                    .sorted()
                    .toList();
            assertThat(jars)
                    .containsExactly(
                            "amqp-client",
                            "cron-utils",
                            "goose-cdi",
                            "jedis",
                            "jspecify",
                            "metadata-extractor",
                            "slf4j-api",
                            "slf4j-jdk14",
                            "thumbnailator",
                            "uuid-creator",
                            "xmpcore");
        }
    }
}
