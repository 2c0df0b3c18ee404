package io.goose.it.transactions;

import jakarta.annotation.Resource;
import jakarta.ejb.LocalBean;
import jakarta.ejb.SessionContext;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;

/** Container-managed transactions of an EJB. */
@Stateless
@LocalBean
public class EjbUnit implements Unit {

    @Resource
    @SuppressWarnings("NullAway.Init") // the container sets it
    SessionContext context;

    @Override
    public void required(Work work) throws Exception {
        work.run();
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void requiresNew(Work work) throws Exception {
        work.run();
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void notSupported(Work work) throws Exception {
        work.run();
    }

    @Override
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void setRollbackOnly() {
        context.setRollbackOnly();
    }
}
