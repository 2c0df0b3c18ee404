package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.enterprise.context.Dependent;

/** A final class cannot be intercepted. */
@Dependent
public final class FinalClass {

    /** A method of it. */
    @AsyncJob
    public void run() {}
}
