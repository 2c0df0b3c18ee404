package io.goose.it.transactions;

import io.goose.it.observe.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;

/** {@code @Transactional} on a CDI bean. */
@ApplicationScoped
public class CdiUnit implements Unit {

    @Override
    @Transactional
    public void required(Work work) throws Exception {
        work.run();
    }

    @Override
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public void requiresNew(Work work) throws Exception {
        work.run();
    }

    @Override
    @Transactional(Transactional.TxType.NOT_SUPPORTED)
    public void notSupported(Work work) throws Exception {
        work.run();
    }

    @Override
    public void setRollbackOnly() throws Exception {
        registry().setRollbackOnly();
    }

    static TransactionSynchronizationRegistry registry() throws Exception {
        return (TransactionSynchronizationRegistry) Surroundings.lookup("java:comp/TransactionSynchronizationRegistry");
    }
}
