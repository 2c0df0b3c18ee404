package io.goose.it.refused;

import jakarta.enterprise.context.ApplicationScoped;

/** Has the annotation on the method it overrides only. */
@ApplicationScoped
public class Overriding extends Base {

    @Override
    public void run() {}
}
