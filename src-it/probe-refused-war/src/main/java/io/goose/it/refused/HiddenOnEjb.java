package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.ejb.Stateless;

/** A method that is not public is no business method of an EJB. */
@Stateless
public class HiddenOnEjb {

    @AsyncJob
    void run() {}
}
