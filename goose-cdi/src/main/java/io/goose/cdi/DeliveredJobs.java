package io.goose.cdi;

import io.goose.engine.Inbound;
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
        return GooseRuntime.current()
                .orElseThrow(() ->
                        new IllegalStateException("GOOSE-2371: a message-driven bean of Goose is in a module without"
                                + " goose-cdi, or without CDI; put it into the module that has the jobs"))
                .inbound(broker);
    }
}
