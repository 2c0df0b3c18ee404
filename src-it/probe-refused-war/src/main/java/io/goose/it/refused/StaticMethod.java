package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.enterprise.context.ApplicationScoped;

/** A static method belongs to no bean. */
@ApplicationScoped
public class StaticMethod {

    @AsyncJob
    static void shared() {}
}
