package io.goose.cdi;

import io.goose.JobFailureHandler;
import io.goose.JobLost;
import jakarta.enterprise.inject.spi.BeanManager;

/** Fires the CDI event of lost jobs, for both kinds of observers. Thread-safe. */
final class LostEvents implements JobFailureHandler {

    private final BeanManager beans;

    LostEvents(BeanManager beans) {
        this.beans = beans;
    }

    @Override
    public void onLost(JobLost lost) {
        try {
            beans.getEvent().select(JobLost.class).fire(lost);
        } finally { // whatever the others throw
            Firing.fire(beans, JobLost.class, lost);
        }
    }
}
