package io.goose.examples.studio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What an application with Goose on Redis carries: nothing may slip in with a new version of a library. */
class WarContentsIT {

    @Test
    void theWar_packsTheseJarsOnly() throws IOException {
        try (ZipFile war = new ZipFile(Path.of("target", "goose-studio.war").toFile())) {
            List<String> jars = war.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("WEB-INF/lib/") && !name.endsWith("/"))
                    .map(name -> name.substring("WEB-INF/lib/".length()).replaceFirst("-[0-9][^/]*\\.jar$", ""))
                    .sorted()
                    .toList();
            assertThat(jars)
                    .containsExactly(
                            "commons-pool2",
                            "goose-cdi",
                            "jedis",
                            "jspecify",
                            "metadata-extractor",
                            "redis-authx-core",
                            "slf4j-api",
                            "slf4j-jdk14",
                            "thumbnailator",
                            "uuid-creator",
                            "xmpcore");
        }
    }
}
