package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.enterprise.context.ApplicationScoped;

/** Every call of the class would be enqueued. */
@ApplicationScoped
@AsyncJob
public class OnClass {

    /** One of its methods. */
    public void run() {}
}
