package io.goose.it.appserver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** The packaged test applications, found by path, and EARs made of them. */
final class Archives {

    private static final Path MODULES = Path.of(System.getProperty("it.modules", ".."));

    static final Path PROBE = war("probe-war", "probe.war");
    static final Path SECOND = war("probe-second-war", "second.war");
    static final Path REFUSED = war("probe-refused-war", "refused.war");
    static final Path MONITOR = war("monitor-war", "monitor.war");

    private static final String LIBRARIES = "WEB-INF/lib/";

    private Archives() {}

    /** Packs the WARs into an EAR; with {@code sharedLibraries} their libraries move to the EAR's {@code lib}. */
    static Path ear(Path target, boolean sharedLibraries, Path... wars) throws IOException {
        Files.createDirectories(target.toAbsolutePath().getParent());
        Set<String> written = new HashSet<>();
        try (ZipOutputStream ear = new ZipOutputStream(Files.newOutputStream(target))) {
            entry(ear, "META-INF/application.xml", descriptor(wars).getBytes(StandardCharsets.UTF_8));
            for (Path war : wars) {
                if (sharedLibraries) {
                    ear.putNextEntry(new ZipEntry(war.getFileName().toString()));
                    split(war, ear, written);
                } else {
                    entry(ear, war.getFileName().toString(), Files.readAllBytes(war));
                }
            }
        }
        return target;
    }

    // Writes the WAR without its libraries as the open entry of the EAR, then the libraries as entries of their own.
    private static void split(Path war, ZipOutputStream ear, Set<String> written) throws IOException {
        ZipOutputStream thin = new ZipOutputStream(ear);
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(war))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.getName().startsWith(LIBRARIES)) {
                    entry(thin, entry.getName(), in.readAllBytes());
                }
            }
        }
        thin.finish();
        ear.closeEntry();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(war))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                String jar = entry.getName().replace(LIBRARIES, "lib/");
                if (entry.getName().startsWith(LIBRARIES) && jar.endsWith(".jar") && written.add(jar)) {
                    entry(ear, jar, in.readAllBytes());
                }
            }
        }
    }

    private static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    private static String descriptor(Path... wars) {
        String modules = Stream.of(wars)
                .map(war -> war.getFileName().toString())
                .map(name -> "<module><web><web-uri>%s</web-uri><context-root>/%s</context-root></web></module>"
                        .formatted(name, name.replace(".war", "")))
                .collect(Collectors.joining());
        return "<application xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"10\">"
                + "<application-name>probe</application-name>" + modules + "</application>";
    }

    private static Path war(String module, String file) {
        return MODULES.resolve(module)
                .resolve("target")
                .resolve(file)
                .toAbsolutePath()
                .normalize();
    }
}
