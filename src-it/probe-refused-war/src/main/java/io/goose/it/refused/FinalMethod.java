package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.enterprise.context.Dependent;

/** A final method cannot be intercepted. */
@Dependent
public class FinalMethod {

    /** A final method. */
    @AsyncJob
    public final void fixed() {}
}
