package io.goose.it.refused;

import io.goose.AsyncJob;

/** Interceptors are not inherited from an interface. */
public interface Contract {

    /** What a bean is to do. */
    @AsyncJob
    void run();
}
