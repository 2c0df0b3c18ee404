package io.goose.it.appserver;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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

    /** Whether extensions see message-driven beans before a deployment is validated. */
    boolean showsMessageDrivenBeans();

    /** Deploys and returns when the application has started. */
    void deploy(String name, Path archive) throws IOException;

    /** Undeploys and returns when the application has stopped. */
    void undeploy(String name) throws IOException;

    /** Deploys an application that must not start, and returns what the server's log says of it. */
    String deployInVain(String name, Path archive) throws IOException;

    @Override
    void close();

    /** What a server is started with: its JDK, its directory, its environment variables and JVM options. */
    record Settings(Path javaHome, Path directory, Map<String, String> environment, List<String> options) {

        String java() {
            return javaHome.resolve("bin").resolve("java").toString();
        }
    }

    /** The servers and the features they are started with. */
    enum Kind {
        WILDFLY {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new WildFlyServer(settings);
            }
        },
        LIBERTY_EE10 {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new LibertyServer(settings, LibertyServer.EE10);
            }
        },
        LIBERTY_EE11 {
            @Override
            AppServer start(Settings settings) throws IOException {
                return new LibertyServer(settings, LibertyServer.EE11);
            }
        };

        abstract AppServer start(Settings settings) throws IOException;
    }
}
