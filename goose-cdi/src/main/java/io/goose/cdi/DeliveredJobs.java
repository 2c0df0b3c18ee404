package io.goose.cdi;

import io.goose.engine.Inbound;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the calling thread's application runs jobs that a worker outside of it leases. Stateless. */
public final class DeliveredJobs {

    private DeliveredJobs() {}

    /**
     * What runs them.
     *
     * @param broker the broker's name in the application; null for its default one
     * @throws IllegalStateException if the application has no Goose, is not started or stops
     */
    public static Inbound inbound(@Nullable String broker) {
        return current()
                .orElseThrow(() ->
                        new IllegalStateException("GOOSE-2371: a message-driven bean of Goose is in a module without"
                                + " goose-cdi, or without CDI; put it into the module that has the jobs"))
                .inbound(broker);
    }

    private static Optional<GooseRuntime> current() {
        try {
            return GooseRuntime.current();
        } catch (RuntimeException notThere) { // CDI of a module that is not up yet, or is being taken down
            throw new IllegalStateException(
                    "GOOSE-2370: the application does not run jobs yet, or not any more: its beans are not there",
                    notThere);
        }
    }
}
