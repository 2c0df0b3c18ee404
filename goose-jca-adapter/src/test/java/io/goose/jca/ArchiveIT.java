package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** What is in the archive: a server runs every CDI extension that it finds there. */
final class ArchiveIT {

    private static final Path ARCHIVE = Path.of(System.getProperty("goose.rar"));

    @Test
    void theArchive_holdsTheAdapterTheCoreAndTheClients() throws IOException {
        assertThat(entries(Files.newInputStream(ARCHIVE)).stream().filter(name -> !name.startsWith("META-INF/maven")))
                .map(name -> name.replaceAll("-[0-9][0-9.]*\\.jar$", ".jar"))
                .containsExactlyInAnyOrder(
                        "META-INF/MANIFEST.MF",
                        "META-INF/ironjacamar.xml",
                        "goose-jca-adapter.jar",
                        "goose-core.jar",
                        "jedis.jar",
                        "amqp-client.jar",
                        "slf4j-api.jar");
    }

    @Test
    void theCore_hasWholePackages_noExtensionAndNoService() throws IOException {
        Set<String> core = inside("goose-core.jar");

        assertThat(core)
                .contains(
                        "io/goose/spi/Broker.class",
                        "io/goose/broker/jca/Served.class",
                        "io/goose/broker/redis/claim.lua")
                .noneMatch(name -> name.startsWith("META-INF/") && !name.equals("META-INF/MANIFEST.MF"))
                .noneMatch(name -> name.matches(
                        "io/goose/(cdi|se|engine|transaction|console|mdb|broker/(jdbc|memory|composed))/.*"));
    }

    private static Set<String> inside(String jar) throws IOException {
        try (ZipInputStream rar = new ZipInputStream(Files.newInputStream(ARCHIVE))) {
            for (ZipEntry entry = rar.getNextEntry(); entry != null; entry = rar.getNextEntry()) {
                if (entry.getName().equals(jar)) {
                    return entries(rar);
                }
            }
        }
        throw new AssertionError(jar + " is not in " + ARCHIVE);
    }

    private static Set<String> entries(InputStream archive) throws IOException {
        Set<String> names = new TreeSet<>();
        try (ZipInputStream zip = new ZipInputStream(archive)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    names.add(entry.getName());
                }
            }
        }
        return names;
    }
}
