package io.goose.examples.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How one application server is started with the studio in it. */
sealed interface AppServer permits WildFly, Liberty {

    static AppServer of(RunSettings settings) {
        return switch (settings.server()) {
            case "wildfly" -> new WildFly(settings);
            case "liberty" -> new Liberty(settings);
            default -> throw new RunException("studio.server=" + settings.server() + " is neither wildfly nor liberty");
        };
    }

    String name();

    /** The ports it listens on, the page's first. */
    List<Port> ports();

    /** Puts the WAR where the server finds it, and removes what an earlier run left. */
    void prepare();

    /** The command of its process: after it has started, this process or its only child is the server's JVM. */
    List<String> command();

    /** What its process needs in the environment. */
    Map<String, String> environment();

    /** Why the studio will never answer, if the server has given up on it. */
    Optional<String> failure(Path log);
}
