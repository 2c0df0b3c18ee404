package io.goose.it.chaos;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.goose.spi.SurroundingTransaction;
import io.goose.transaction.JtaTransaction;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;

/**
 * A transaction manager, and what a container does with it around a method. It keeps no log of its own: each transaction has
 * one resource, whose commit is its commit, so that there is never anything for it to recover.
 */
final class Jta {

    static final TransactionManager MANAGER = manager();

    private Jta() {}

    /** Work that may throw. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private static TransactionManager manager() {
        try {
            arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("chaos");
        } catch (CoreEnvironmentBeanException refused) {
            throw new IllegalStateException(refused);
        }
        BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class)
                .setObjectStoreType(VolatileStore.class.getName());
        for (String store : new String[] {"stateStore", "communicationStore"}) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store)
                    .setObjectStoreType(VolatileStore.class.getName());
        }
        return com.arjuna.ats.jta.TransactionManager.transactionManager();
    }

    /** The transactions, as Goose sees them. */
    static SurroundingTransaction surrounding() {
        return JtaTransaction.of(
                new TransactionSynchronizationRegistryImple(), com.arjuna.ats.jta.UserTransaction.userTransaction());
    }

    /** As {@code @Transactional}: commits, or rolls back where the work throws. */
    static void required(Work work) throws Exception {
        MANAGER.begin();
        boolean done = false;
        try {
            work.run();
            done = true;
        } finally {
            if (done) {
                MANAGER.commit();
            } else {
                MANAGER.rollback();
            }
        }
    }

    /** As {@code @Transactional(REQUIRES_NEW)}. */
    static void requiresNew(Work work) throws Exception {
        Transaction outer = MANAGER.suspend();
        try {
            required(work);
        } finally {
            MANAGER.resume(outer);
        }
    }
}
