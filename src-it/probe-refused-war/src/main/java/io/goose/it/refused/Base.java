package io.goose.it.refused;

import io.goose.AsyncJob;

/** Interceptors are not inherited by an overriding method. */
public class Base {

    /** Is overridden. */
    @AsyncJob
    public void run() {}
}
