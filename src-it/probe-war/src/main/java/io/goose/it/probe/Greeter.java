package io.goose.it.probe;

import jakarta.ejb.Stateless;

/** An EJB for jobs to call. */
@Stateless
public class Greeter {

    /** Says hello. */
    public String greet(String name) {
        return "hello " + name;
    }
}
