package io.goose.it.probe;

import io.goose.Job;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.atomic.AtomicInteger;

/** Short jobs, to be run in great number. */
@ApplicationScoped
public class LoadJobs {

    private final AtomicInteger ticks = new AtomicInteger();

    /** Counts. */
    @Job
    public void tick(int number) {
        ticks.incrementAndGet();
    }

    /** How many ran in this deployment. */
    public int ticks() {
        return ticks.get();
    }
}
