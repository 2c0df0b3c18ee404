package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.goose.broker.jca.CallRecord;
import jakarta.resource.ResourceException;
import jakarta.resource.cci.Connection;
import jakarta.resource.cci.ConnectionFactory;
import jakarta.resource.spi.ManagedConnectionFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the archive: a server runs every CDI extension that it finds there. */
final class ArchiveIT {

    private static final Path ARCHIVE = Path.of(System.getProperty("goose.rar"));

    private static final String LIBRARY = "io/goose/jca/library/";
    private static final String PACKAGE = LIBRARY.replace('/', '.');

    @TempDir
    private Path directory;

    @Test
    void theArchive_holdsTheAdapterAndTheClients() throws IOException {
        assertThat(entries(Files.newInputStream(ARCHIVE)).stream().filter(name -> !name.startsWith("META-INF/maven")))
                .map(name -> name.replaceAll("-[0-9][0-9.]*\\.jar$", ".jar"))
                .containsExactlyInAnyOrder(
                        "META-INF/MANIFEST.MF",
                        "META-INF/ironjacamar.xml",
                        "goose-jca-adapter.jar",
                        "jedis.jar",
                        "amqp-client.jar",
                        "slf4j-api.jar",
                        "slf4j-jdk14.jar");
    }

    @Test
    void theLibrary_isThereUnderNamesOfItsOwn_withoutExtensionAndServices() throws IOException {
        Set<String> adapter = inside("goose-jca-adapter.jar");

        assertThat(adapter)
                .contains(
                        "io/goose/jca/GooseResourceAdapter.class",
                        LIBRARY + "BrokerUnavailableException.class",
                        LIBRARY + "spi/Broker.class",
                        LIBRARY + "broker/jca/Served.class",
                        LIBRARY + "broker/redis/claim.lua")
                .as("a name that a WAR's copy of the library has too")
                .noneMatch(name -> name.startsWith("io/goose/") && !name.startsWith("io/goose/jca/"))
                .noneMatch(name -> name.startsWith("META-INF/") && !name.equals("META-INF/MANIFEST.MF"))
                .noneMatch(name -> name.matches(LIBRARY
                        + "(cdi|se|engine/(handler|client|batch|codec|config|transaction)|transaction|console|mdb"
                        + "|broker/(jdbc|memory|composed))/.*"));
    }

    /** Whatever comes besides is in every server that has the adapter: it is put in on purpose, or not at all. */
    @Test
    void theArchive_hasThesePartsOfTheLibrary_andNoOther() throws IOException {
        assertThat(inside("goose-jca-adapter.jar").stream()
                        .map(name -> name.substring(0, name.lastIndexOf('/')))
                        .map(folder -> folder.startsWith(LIBRARY) ? folder.substring(LIBRARY.length()) : folder)
                        .map(folder -> folder.startsWith("broker/redis/") ? "broker/redis" : folder)
                        .filter(folder -> folder.equals("io/goose/jca/library") || !folder.startsWith("io/goose/jca/"))
                        .distinct())
                .containsExactlyInAnyOrder(
                        "META-INF",
                        "io/goose/jca",
                        "io/goose/jca/library",
                        "admin",
                        "broker/jca",
                        "broker/net",
                        "broker/rabbitmq",
                        "broker/redis",
                        "engine",
                        "engine/observe",
                        "engine/retry",
                        "engine/run",
                        "engine/worker",
                        "job",
                        "spi");
    }

    /** The adapter's worker is a part of the engine; nothing else of that may be needed when it runs. */
    @Test
    void theArchive_lacksNoClassOfTheLibrary() throws IOException {
        unpacked();
        StringWriter found = new StringWriter();
        int status = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(found, true),
                        new PrintWriter(found, true),
                        "-verbose:class",
                        "-filter:none",
                        directory.resolve("goose-jca-adapter.jar").toString());

        assertThat(status).as(found.toString()).isZero();
        assertThat(found.toString().lines())
                .as("jdeps has looked")
                .anyMatch(line -> line.contains("-> " + PACKAGE + "engine.worker.Worker"));
        assertThat(found.toString().lines().filter(line -> line.contains("-> " + PACKAGE)))
                .as("references to what is not in the archive")
                .noneMatch(line -> line.contains("not found"));
    }

    @Test
    void theArchivesOwnClasses_answerAcrossTheBoundary() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(unpacked(), new WithoutGoose())) {
            Class<?> type = loader.loadClass("io.goose.jca.GooseManagedConnectionFactory");
            assertThat(type.getClassLoader())
                    .as("packed, not from target/classes")
                    .isSameAs(loader);
            ManagedConnectionFactory factory =
                    (ManagedConnectionFactory) type.getDeclaredConstructor().newInstance();
            type.getMethod("setUrl", String.class).invoke(factory, "redis://127.0.0.1:1");
            Connection connection = ((ConnectionFactory) factory.createConnectionFactory()).getConnection();

            assertThat(call(connection, "broker", "capabilities/0").get("result"))
                    .asInstanceOf(LIST)
                    .contains("DELAY");
            assertThat(call(connection, "broker", "check/0"))
                    .containsEntry("error", "BrokerUnavailableException")
                    .containsEntry("library", System.getProperty("goose.version"));
            assertThat(call(connection, "broker.housekeeping", "notThere/0"))
                    .as("the broker's parts are found by the name of the package")
                    .hasEntrySatisfying(
                            "message", said -> assertThat((String) said).contains("Housekeeping.notThere/0"));
            connection.close();
        }
    }

    private static Map<Object, Object> call(Connection connection, String on, String method) throws ResourceException {
        Map<?, ?> reply = (Map<?, ?>) connection
                .createInteraction()
                .execute(null, new CallRecord(Map.of("v", 1, "on", on, "call", method, "args", List.of())));
        return new HashMap<>(reply);
    }

    /** The classes of this test but for Goose's: those come from the archive, or from nowhere. */
    private static final class WithoutGoose extends ClassLoader {
        WithoutGoose() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("io.goose.")) {
                throw new ClassNotFoundException(name);
            }
            return ArchiveIT.class.getClassLoader().loadClass(name);
        }
    }

    private URL[] unpacked() throws IOException {
        List<URL> jars = new ArrayList<>();
        try (ZipInputStream rar = new ZipInputStream(Files.newInputStream(ARCHIVE))) {
            for (ZipEntry entry = rar.getNextEntry(); entry != null; entry = rar.getNextEntry()) {
                if (entry.getName().endsWith(".jar")) {
                    Path jar = directory.resolve(entry.getName());
                    Files.copy(rar, jar);
                    jars.add(jar.toUri().toURL());
                }
            }
        }
        return jars.toArray(URL[]::new);
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
