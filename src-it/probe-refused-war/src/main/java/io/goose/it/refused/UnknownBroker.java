package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.enterprise.context.ApplicationScoped;

/** Wants a broker that is not configured. */
@ApplicationScoped
public class UnknownBroker {

    /** A method of it. */
    @AsyncJob(broker = "report")
    public void run() {}
}
