package io.goose.it.refused;

import io.goose.AsyncJob;
import jakarta.enterprise.context.ApplicationScoped;

/** An enqueued call has no text to return. */
@ApplicationScoped
public class WrongResult {

    /** Returns a text. */
    @AsyncJob
    public String run() {
        return "a";
    }
}
