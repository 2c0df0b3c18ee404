package io.goose.it.probe;

import jakarta.enterprise.context.RequestScoped;
import java.util.concurrent.atomic.AtomicLong;

/** A bean of the request: a number that is new in each request. */
@RequestScoped
public class RequestMark {

    private static final AtomicLong NEXT = new AtomicLong();

    private final long number = NEXT.incrementAndGet();

    /** This request's number. */
    public long number() {
        return number;
    }
}
