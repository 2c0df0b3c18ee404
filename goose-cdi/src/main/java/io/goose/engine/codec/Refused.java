package io.goose.engine.codec;

/** A type whose values cannot travel; the message says why and how to mend it. */
final class Refused extends RuntimeException {

    Refused(String problem) {
        super(problem);
    }
}
