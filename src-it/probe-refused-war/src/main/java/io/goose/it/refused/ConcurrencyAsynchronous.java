package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.enterprise.concurrent.Asynchronous;
import jakarta.enterprise.context.ApplicationScoped;

/** Two kinds of asynchrony on one method. */
@ApplicationScoped
public class ConcurrencyAsynchronous {

    /** A method with both. */
    @AsyncJob
    @Asynchronous
    public void run() {}
}
