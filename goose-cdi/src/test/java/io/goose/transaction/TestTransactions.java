package io.goose.transaction;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.goose.spi.SurroundingTransaction;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;

/** A real transaction manager, and what a container does with it around a method. */
public final class TestTransactions {

    private static final TransactionManager MANAGER = manager();

    private TestTransactions() {}

    /** Work that may throw. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    private static TransactionManager manager() {
        try {
            arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("goose");
        } catch (CoreEnvironmentBeanException refused) {
            throw new IllegalStateException(refused);
        }
        for (String store : new String[] {"default", "stateStore", "communicationStore"}) {
            BeanPopulator.getNamedInstance(ObjectStoreEnvironmentBean.class, store.equals("default") ? null : store)
                    .setObjectStoreType(VolatileStore.class.getName());
        }
        return com.arjuna.ats.jta.TransactionManager.transactionManager();
    }

    public static TransactionManager transactionManager() {
        return MANAGER;
    }

    public static UserTransaction userTransaction() {
        return com.arjuna.ats.jta.UserTransaction.userTransaction();
    }

    public static TransactionSynchronizationRegistry registry() {
        return new TransactionSynchronizationRegistryImple();
    }

    /** Those of the calling thread, as Goose sees them. */
    public static SurroundingTransaction surrounding() {
        return JtaTransaction.of(registry(), userTransaction());
    }

    /** As {@code @Transactional}: commits, or rolls back where the work throws or has marked the transaction. */
    public static void required(Work work) throws Exception {
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

    /** As {@code @Transactional}, for work that marks its transaction or lets it time out. */
    public static void rolledBack(Work work) throws Exception {
        try {
            required(work);
        } catch (RollbackException asIntended) {
            return;
        }
        throw new AssertionError("the transaction was committed");
    }

    /** As {@code @Transactional(REQUIRES_NEW)}. */
    public static void requiresNew(Work work) throws Exception {
        Transaction outer = MANAGER.suspend();
        try {
            required(work);
        } finally {
            MANAGER.resume(outer);
        }
    }
}
