package io.goose.it.appserver;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A running application server. */
interface AppServer extends AutoCloseable {

    /** Where its applications answer, without a path. */
    URI uri();

    /** The process, to be asked by the tools of its JDK. */
    long pid();

    /** What it logs. */
    LogFile log();

    /** Whether this text was logged in the name of this application: on WildFly under the logging profile of that name. */
    boolean logged(String application, String text) throws IOException;

    /** What was logged in the name of the probe, as JSON, one line each. */
    List<JsonObject> jsonLog() throws IOException;

    /** What such a line says of the job on whose thread it was logged. */
    Map<String, String> context(JsonObject line);

    /** Whether extensions see message-driven beans before a deployment is validated. */
    boolean showsMessageDrivenBeans();

    /** What its health endpoint answers, whatever the status. */
    String health() throws IOException;

    /** What its own endpoint shows of what is measured, for Prometheus; only where it has one. */
    String metrics() throws IOException;

    /** Deploys and returns when the application has started. */
    void deploy(String name, Path archive) throws IOException;

    /** Undeploys and returns when the application has stopped. */
    void undeploy(String name) throws IOException;

    /** Deploys an application that must not start, and returns what the server's log says of it. */
    String deployInVain(String name, Path archive) throws IOException;

    /** Ends the process as a crash does: nothing in it gets to know. */
    void kill() throws InterruptedException;

    /** Starts a killed server on what it has left, and returns when this application, which it had, has started. */
    void startAgain(String name) throws IOException;

    @Override
    void close();

    /**
     * What a server is started with: its JDK, its directory, its environment variables and JVM options, data sources beside
     * its own, and the resource adapter, if there is one.
     */
    record Settings(
            Path javaHome,
            Path directory,
            Map<String, String> environment,
            List<String> options,
            List<DataSource> dataSources,
            Optional<Adapter> adapter) {

        Settings(
                Path javaHome,
                Path directory,
                Map<String, String> environment,
                List<String> options,
                List<DataSource> dataSources) {
            this(javaHome, directory, environment, options, dataSources, Optional.empty());
        }

        String java() {
            return javaHome.resolve("bin").resolve("java").toString();
        }
    }

    /**
     * The resource adapter.
     *
     * @param url where its broker is
     * @param application whose EAR it is in; empty if it stands alone
     * @param jndi where its connection factory is bound; that of the archive, {@code eis/goose}, or one of the server's own
     * @param pool how many connections its pool has at most
     * @param transactions how its connections take part in transactions
     * @param settings further ones, as in {@code settings} of the connection factory
     */
    record Adapter(
            String url,
            Optional<String> application,
            String jndi,
            int pool,
            Transactions transactions,
            String settings) {

        static final String OF_THE_ARCHIVE = "eis/goose";

        Adapter(String url, Optional<String> application) {
            this(url, application, OF_THE_ARCHIVE, 40, Transactions.NONE, "");
        }

        boolean isOfTheArchive() {
            return jndi.equals(OF_THE_ARCHIVE);
        }

        /** How connections take part in transactions, and how soon after a start the server ends those that a crash has left. */
        enum Transactions {
            NONE,
            LOCAL,
            /** With the recovery as the server comes. */
            XA_AS_IT_COMES,
            /** With a recovery that is set to be soon. */
            XA;

            boolean isXa() {
                return this == XA || this == XA_AS_IT_COMES;
            }

            @Override
            public String toString() {
                return isXa() ? "xa" : name().toLowerCase(Locale.ROOT);
            }
        }
    }

    /** The pool of the connection factory, which must not be the archive's, as the server's management shows it. */
    PoolStatistics poolStatistics() throws IOException;

    /**
     * What a pool has done.
     *
     * @param inUse connections that callers have now
     */
    record PoolStatistics(long created, long destroyed, long inUse) {}

    /**
     * A data source of the server.
     *
     * @param name as {@link Kind#jndiName} makes one of it
     * @param url with user and password {@code goose}
     */
    record DataSource(String name, Driver driver, Enlisting enlisting, String url) {

        /** Whose driver it has. */
        enum Driver {
            H2,
            POSTGRESQL
        }

        /** How it takes part in transactions. */
        enum Enlisting {
            /** As the one resource, or the last. */
            LOCAL,
            /** In two phases. */
            XA,
            /** Not at all. */
            NONE
        }
    }

    /** The servers and the features they are started with. */
    enum Kind {
        WILDFLY(true) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new WildFlyServer(settings, WildFlyMonitoring.NONE);
            }
        },
        WILDFLY_BARE(true) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new WildFlyServer(settings, WildFlyMonitoring.BARE);
            }
        },
        WILDFLY_MICROMETER(true) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new WildFlyServer(settings, WildFlyMonitoring.MICROMETER);
            }
        },
        WILDFLY_TELEMETRY(true) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new WildFlyServer(settings, WildFlyMonitoring.OPENTELEMETRY);
            }
        },
        LIBERTY_EE10(false) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new LibertyServer(settings, LibertyServer.EE10);
            }
        },
        LIBERTY_BARE(false) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new LibertyServer(
                        settings,
                        LibertyServer.EE10.stream()
                                .filter(feature -> !feature.startsWith("mpHealth"))
                                .toList());
            }
        },
        LIBERTY_METRICS(false) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new LibertyServer(settings, with("mpMetrics-5.1"));
            }
        },
        LIBERTY_TELEMETRY(false) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new LibertyServer(settings, with("mpTelemetry-2.0"));
            }
        },
        LIBERTY_EE11(false) {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new LibertyServer(settings, LibertyServer.EE11);
            }
        };

        private final boolean isWildFly;

        Kind(boolean isWildFly) {
            this.isWildFly = isWildFly;
        }

        abstract AppServer start(Settings settings) throws IOException;

        /** Where a data source of this name is bound. */
        String jndiName(String dataSource) {
            return (isWildFly ? "java:/jdbc/" : "jdbc/") + dataSource;
        }

        /** Where the application of this name answers that names the root as its own for WildFly. */
        String root(String application) {
            return isWildFly ? "" : "/" + application;
        }

        private static List<String> with(String feature) {
            return Stream.concat(LibertyServer.EE10.stream(), Stream.of(feature))
                    .toList();
        }
    }
}
