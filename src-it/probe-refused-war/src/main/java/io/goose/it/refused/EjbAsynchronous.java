package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.ejb.Asynchronous;
import jakarta.ejb.Stateless;

/** Two kinds of asynchrony on one method. */
@Stateless
public class EjbAsynchronous {

    /** A method with both. */
    @AsyncJob
    @Asynchronous
    public void run() {}
}
