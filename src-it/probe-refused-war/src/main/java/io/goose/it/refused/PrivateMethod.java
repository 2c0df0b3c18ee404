package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.enterprise.context.ApplicationScoped;

/** A private method cannot be intercepted. */
@ApplicationScoped
public class PrivateMethod {

    /** Calls it, so that it is used. */
    public void call() {
        hidden();
    }

    @AsyncJob
    private void hidden() {}
}
