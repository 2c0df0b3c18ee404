package io.goose.it.probe;

import io.goose.Job;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;

/** A long job on an EJB. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class LongEjb {

    @Inject
    LongWork work;

    /** Looks around until the finish mark exists. */
    @Job(queue = "long")
    public void work(String key) throws InterruptedException {
        work.untilMarked(key);
    }
}
