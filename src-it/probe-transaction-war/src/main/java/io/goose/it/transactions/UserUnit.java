package io.goose.it.transactions;

import io.goose.it.observe.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Status;
import jakarta.transaction.UserTransaction;

/** {@code UserTransaction}. It cannot put a transaction aside, so that is done by a CDI bean inside of it. */
@ApplicationScoped
public class UserUnit implements Unit {

    @Inject
    CdiUnit inner;

    @Override
    public void required(Work work) throws Exception {
        UserTransaction transaction = transaction();
        if (transaction.getStatus() != Status.STATUS_NO_TRANSACTION) {
            work.run();
            return;
        }
        transaction.begin();
        boolean broken = true;
        try {
            work.run();
            broken = false;
        } catch (Checked commits) {
            broken = false;
            throw commits;
        } finally {
            if (broken) {
                transaction.rollback();
            } else {
                transaction.commit();
            }
        }
    }

    @Override
    public void requiresNew(Work work) throws Exception {
        inner.requiresNew(work);
    }

    @Override
    public void notSupported(Work work) throws Exception {
        inner.notSupported(work);
    }

    @Override
    public void setRollbackOnly() throws Exception {
        transaction().setRollbackOnly();
    }

    static UserTransaction transaction() throws Exception {
        return (UserTransaction) Surroundings.lookup("java:comp/UserTransaction");
    }
}
