package io.goose.examples.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * What to run and where.
 *
 * @param server {@code wildfly} or {@code liberty}
 * @param home the provisioned server
 * @param layout what is deployed
 * @param war the studio; the EAR, where that is the layout
 * @param rar the resource adapter, where it stands alone
 * @param h2 the jar of H2, for a server that has none
 * @param dir where everything of this run is kept: gallery, jobs, logs
 * @param httpPort of the page
 * @param managementPort of WildFly's management interface
 * @param redisPort of the Redis that is brought along; 0 for any free one
 * @param javaHome the JDK that the server runs on
 * @param bringsRedis whether a Redis is brought along, {@code -Dbroker=redis}; else the jobs are in an H2 database, of which
 *     the resource adapter knows nothing
 * @param brokerUrl the broker that the user named, if one was; it is taken then
 * @param patience how long the server may take until the page answers
 */
record RunSettings(
        String server,
        Path home,
        Layout layout,
        Path war,
        Optional<Path> rar,
        Path h2,
        Path dir,
        int httpPort,
        int managementPort,
        int redisPort,
        Path javaHome,
        boolean bringsRedis,
        Optional<String> brokerUrl,
        Duration patience) {

    static final String BROKER_VARIABLE = "GOOSE_BROKER_MAIN_URL";
    static final String ADAPTER_VARIABLE = "STUDIO_ADAPTER_URL";
    static final String BROKER_PROPERTY = "goose.broker.main.url";

    static RunSettings from(Properties given, Map<String, String> environment) {
        Optional<String> url = Optional.ofNullable(given.getProperty(BROKER_PROPERTY))
                .or(() -> Optional.ofNullable(environment.get(BROKER_VARIABLE)))
                .filter(u -> !u.isBlank());
        Layout layout = Layout.of(given.getProperty("studio.layout", ""));
        return new RunSettings(
                required(given, "studio.server"),
                Path.of(required(given, "studio.home")),
                layout,
                Path.of(required(given, "studio.war")).normalize(),
                layout == Layout.RAR
                        ? Optional.of(Path.of(required(given, "studio.rar")).normalize())
                        : Optional.empty(),
                Path.of(required(given, "studio.h2")),
                Path.of(required(given, "studio.run.dir")),
                port(given, "http.port", 8080),
                port(given, "management.port", 9990),
                port(given, "redis.port", 0),
                Path.of(given.getProperty("server.java.home", System.getProperty("java.home"))),
                bringsRedis(given.getProperty("broker", ""), layout),
                url,
                Duration.ofMinutes(5));
    }

    private static boolean bringsRedis(String broker, Layout layout) {
        return switch (broker) {
            case "redis" -> true;
            case "" -> layout.hasAdapter();
            case "h2" -> {
                if (layout.hasAdapter()) {
                    throw new RunException("-Dbroker=h2: the resource adapter reaches Redis and RabbitMQ; leave it out,"
                            + " and a Redis is brought along");
                }
                yield false;
            }
            default ->
                throw new RunException("-Dbroker=" + broker + " is neither h2 nor redis; a broker that runs already is"
                        + " named by " + BROKER_VARIABLE + "=redis://host:6379");
        };
    }

    /** What is deployed. */
    List<Path> archives() {
        return Stream.concat(rar.stream(), Stream.of(war)).toList();
    }

    /** The address of the H2 database with the jobs; its files are in the run's folder. */
    String databaseUrl() {
        // What stops the server closes it: H2's own hook would do that while jobs are still drained.
        return "jdbc:h2:file:" + databaseFile().toString().replace('\\', '/') + ";DB_CLOSE_ON_EXIT=FALSE";
    }

    Path databaseFile() {
        return dir.resolve("database").resolve("jobs").toAbsolutePath();
    }

    static boolean onWindows() {
        return System.getProperty("os.name").startsWith("Windows");
    }

    private static String required(Properties given, String name) {
        String value = given.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new RunException("the system property " + name + " is not set; start the studio through Maven, as"
                    + " goose-examples/README.md says");
        }
        return value;
    }

    private static int port(Properties given, String name, int otherwise) {
        String value = given.getProperty(name, "").strip();
        if (value.isEmpty()) {
            return otherwise;
        }
        try {
            int port = Integer.parseInt(value);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            throw new RunException(
                    "-D" + name + "=" + value + " is not a port; give a number from 1 to 65535", notANumber);
        }
        throw new RunException("-D" + name + "=" + value + " is not a port; give a number from 1 to 65535");
    }
}
