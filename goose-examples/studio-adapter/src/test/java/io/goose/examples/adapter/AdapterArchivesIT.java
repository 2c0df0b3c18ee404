package io.goose.examples.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What the studio packs where the resource adapter has its broker: no client of one, and nothing for class loaders. */
class AdapterArchivesIT {

    private static final Path WAR = Path.of("target", "goose-studio.war");
    private static final Path EAR = Path.of("target", "goose-studio.ear");

    @Test
    void theWar_packsNoClientOfABroker() throws IOException {
        assertThat(entries(Files.readAllBytes(WAR)).keySet().stream()
                        .filter(name -> name.startsWith("WEB-INF/lib/") && !name.endsWith("/"))
                        .map(name -> name.substring("WEB-INF/lib/".length()).replaceFirst("-[0-9][^/]*\\.jar$", "")))
                .containsExactlyInAnyOrder(
                        "cron-utils",
                        "goose-cdi",
                        "goose-studio-adapter",
                        "jspecify",
                        "metadata-extractor",
                        "thumbnailator",
                        "uuid-creator",
                        "xmpcore");
    }

    @Test
    void theEar_isTheSameWarAndTheAdapter() throws IOException {
        Map<String, byte[]> ear = entries(Files.readAllBytes(EAR));

        assertThat(ear.keySet().stream().filter(name -> !name.endsWith("/")))
                .containsExactlyInAnyOrder(
                        "META-INF/MANIFEST.MF",
                        "META-INF/application.xml",
                        "goose-jca-adapter.rar",
                        "goose-studio.war");
        assertThat(ear.get("goose-studio.war")).isEqualTo(Files.readAllBytes(WAR));
    }

    @Test
    void noArchive_tellsAServerHowToLoadClasses() throws IOException {
        Map<String, byte[]> ear = entries(Files.readAllBytes(EAR));
        for (Map<String, byte[]> archive :
                List.of(ear, entries(ear.get("goose-studio.war")), entries(ear.get("goose-jca-adapter.rar")))) {
            assertThat(archive.keySet())
                    .noneMatch(name -> name.endsWith("jboss-deployment-structure.xml")
                            || name.endsWith("jboss-all.xml")
                            || name.endsWith("jboss-classloading.xml"));
            assertThat(new String(archive.get("META-INF/MANIFEST.MF"), StandardCharsets.UTF_8))
                    .doesNotContain("Dependencies", "Class-Path");
        }
    }

    private static Map<String, byte[]> entries(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }
}
