package io.goose.it.appserver;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
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
    static final Path VIRTUAL = war("probe-virtual-war", "virtual.war");
    static final Path TRANSACTIONS = war("probe-transaction-war", "transactions.war");
    static final Path INBOUND = war("probe-inbound-war", "inbound.war");
    static final Path XA = war("probe-xa-war", "xa.war");
    static final Path XA_BEAN = war("probe-xa-bean-war", "xabean.war");
    static final Path MONITOR = war("monitor-war", "monitor.war");
    static final Path ADAPTER = war("../goose-jca-adapter", "goose-jca-adapter.rar");

    /** Of the library that the applications pack. */
    static final Path LIBRARY_SOURCES =
            MODULES.resolve("../goose-cdi/src/main/java").toAbsolutePath().normalize();

    static final Path STUDIO = war("../goose-examples/studio-war", "goose-studio.war");

    private static final String LIBRARIES = "WEB-INF/lib/";
    private static final String SETTINGS = "META-INF/microprofile-config.properties";

    // WildFly: as the probe's own manifest says.
    private static final String MANIFEST = "Manifest-Version: 1.0\r\nLogging-Profile: probe\r\n\r\n";

    private Archives() {}

    /** Packs WARs, and the resource adapter if it is among them, as they are into an EAR. */
    static Path ear(Path target, List<Path> wars) throws IOException {
        try (ZipOutputStream ear = begin(target, wars)) {
            for (Path war : wars) {
                entry(ear, war.getFileName().toString(), Files.readAllBytes(war));
            }
        }
        return target;
    }

    /**
     * Packs the WARs into an EAR and moves their libraries to its {@code lib}, where a jar more has these settings unless there
     * are none.
     */
    static Path earWithSharedLibraries(Path target, Map<String, String> settings, List<Path> wars) throws IOException {
        Set<String> written = new HashSet<>();
        try (ZipOutputStream ear = begin(target, wars)) {
            for (Path war : wars) {
                ear.putNextEntry(new ZipEntry(war.getFileName().toString()));
                split(war, ear, written);
            }
            if (!settings.isEmpty()) {
                ear.putNextEntry(new ZipEntry("lib/settings.jar"));
                ZipOutputStream jar = new ZipOutputStream(ear);
                entry(jar, SETTINGS, lines(settings));
                jar.finish();
                ear.closeEntry();
            }
        }
        return target;
    }

    /** Copies a WAR whose library is of another version: with these classes instead of its own, and with that version. */
    static Path withLibrary(Path target, Path war, Path classes, String version) throws IOException {
        Files.createDirectories(target.toAbsolutePath().getParent());
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(war));
                ZipOutputStream copy = new ZipOutputStream(Files.newOutputStream(target))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] content = in.readAllBytes();
                entry(copy, entry.getName(), isLibrary(entry) ? library(content, classes, version) : content);
            }
        }
        return target;
    }

    /** What is in an archive. */
    static Map<String, byte[]> entries(Path archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    /** Unpacks the jars of a WAR. */
    static List<Path> libraries(Path war, Path directory) throws IOException {
        List<Path> jars = new ArrayList<>();
        Files.createDirectories(directory);
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(war))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().startsWith(LIBRARIES) && entry.getName().endsWith(".jar")) {
                    Path jar = directory.resolve(entry.getName().substring(LIBRARIES.length()));
                    Files.write(jar, in.readAllBytes());
                    jars.add(jar);
                }
            }
        }
        return jars;
    }

    private static boolean isLibrary(ZipEntry entry) {
        return entry.getName().startsWith(LIBRARIES + "goose-cdi-");
    }

    private static byte[] library(byte[] own, Path classes, String version) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        Manifest manifest;
        try (JarInputStream jar = new JarInputStream(new ByteArrayInputStream(own))) {
            manifest = jar.getManifest();
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                entries.put(entry.getName(), jar.readAllBytes());
            }
        }
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.put(classes.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                entry(jar, entry.getKey(), entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    /** Copies the WAR and adds settings to its own file. */
    static Path configured(Path target, Path war, Map<String, String> settings) throws IOException {
        return edited(
                target,
                war,
                "WEB-INF/classes/" + SETTINGS,
                own -> own + new String(lines(settings), StandardCharsets.UTF_8));
    }

    /** Copies the WAR and enables an alternative in it. */
    static Path withAlternative(Path target, Path war, String bean) throws IOException {
        return edited(target, war, "WEB-INF/beans.xml", own -> alternative(bean));
    }

    /** Copies the WAR of the message-driven bean for an EAR: there the adapter has another name for WildFly. */
    static Path besideItsAdapter(Path target) throws IOException {
        return edited(target, INBOUND, "WEB-INF/jboss-ejb3.xml", own -> {
            String beside = own.replace(">goose-jca-adapter.rar<", ">#goose-jca-adapter.rar<");
            if (beside.equals(own)) {
                throw new AssertionError("no adapter is named in " + own);
            }
            return beside;
        });
    }

    /** Copies the WAR with one of its files changed, or made if it has none of this name. */
    private static Path edited(Path target, Path war, String file, UnaryOperator<String> edit) throws IOException {
        Files.createDirectories(target.toAbsolutePath().getParent());
        String own = "";
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(war));
                ZipOutputStream copy = new ZipOutputStream(Files.newOutputStream(target))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().equals(file)) {
                    own = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                } else {
                    entry(copy, entry.getName(), in.readAllBytes());
                }
            }
            entry(copy, file, edit.apply(own).getBytes(StandardCharsets.UTF_8));
        }
        return target;
    }

    private static String alternative(String bean) {
        return "<beans xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"4.0\" bean-discovery-mode=\"annotated\">"
                + "<alternatives><class>" + bean + "</class></alternatives></beans>";
    }

    private static byte[] lines(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    private static ZipOutputStream begin(Path target, List<Path> wars) throws IOException {
        Files.createDirectories(target.toAbsolutePath().getParent());
        ZipOutputStream ear = new ZipOutputStream(Files.newOutputStream(target));
        String name = target.getFileName().toString().replace(".ear", "");
        entry(ear, "META-INF/MANIFEST.MF", MANIFEST.getBytes(StandardCharsets.UTF_8));
        entry(ear, "META-INF/application.xml", descriptor(name, wars).getBytes(StandardCharsets.UTF_8));
        return ear;
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

    private static String descriptor(String name, List<Path> wars) {
        String modules = wars.stream()
                .map(war -> war.getFileName().toString())
                .map(file -> file.endsWith(".rar")
                        ? "<module><connector>%s</connector></module>".formatted(file)
                        : "<module><web><web-uri>%s</web-uri><context-root>/%s</context-root></web></module>"
                                .formatted(file, file.replace(".war", "")))
                .collect(Collectors.joining());
        return "<application xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"10\">" + "<application-name>"
                + name + "</application-name>" + modules + "</application>";
    }

    private static Path war(String module, String file) {
        return MODULES.resolve(module)
                .resolve("target")
                .resolve(file)
                .toAbsolutePath()
                .normalize();
    }
}
