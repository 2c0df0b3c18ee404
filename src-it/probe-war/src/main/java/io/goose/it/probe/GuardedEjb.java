package io.goose.it.probe;

import io.goose.Job;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;

/** Jobs on an EJB that asks its callers for a role, which a job does not have. */
@Stateless
@RolesAllowed("admin")
public class GuardedEjb {

    @Inject
    Observer observer;

    /** Will be refused by the server. */
    @Job(maxRetries = 0)
    public void guarded(String key) {
        observer.record(key);
    }

    /** Needs no role. */
    @Job
    @PermitAll
    public void open(String key) {
        observer.record(key);
    }
}
