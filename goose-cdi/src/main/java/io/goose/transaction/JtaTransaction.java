package io.goose.transaction;

import io.goose.spi.SurroundingTransaction;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The JTA transaction of the calling thread, by the two interfaces that every transaction manager gives to applications.
 * Thread-safe.
 *
 * @since 0.1
 */
public final class JtaTransaction implements SurroundingTransaction {

    private final TransactionSynchronizationRegistry registry;
    private final @Nullable UserTransaction demarcation;

    private JtaTransaction(TransactionSynchronizationRegistry registry, @Nullable UserTransaction demarcation) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.demarcation = demarcation;
    }

    /**
     * Transactions seen through a registry.
     *
     * @param demarcation begins the transaction in which the enlistment of a data source is tried out; null to go without
     *     that test
     */
    public static JtaTransaction of(
            TransactionSynchronizationRegistry registry, @Nullable UserTransaction demarcation) {
        return new JtaTransaction(registry, demarcation);
    }

    @Override
    public boolean isPresent() {
        return true;
    }

    @Override
    public State state() {
        return switch (registry.getTransactionStatus()) {
            case Status.STATUS_NO_TRANSACTION -> State.NONE;
            case Status.STATUS_COMMITTED -> State.COMMITTED;
            // Rolled back: its timeout did that, and its owner does not know yet.
            case Status.STATUS_MARKED_ROLLBACK, Status.STATUS_ROLLING_BACK, Status.STATUS_ROLLEDBACK -> State.ROLLBACK;
            default -> State.ACTIVE;
        };
    }

    @Override
    public void setRollbackOnly() {
        registry.setRollbackOnly();
    }

    @Override
    public @Nullable Object resource(Object key) {
        return registry.getResource(key);
    }

    @Override
    public void putResource(Object key, Object value) {
        registry.putResource(key, value);
    }

    @Override
    public void onEnd(Completion completion) {
        registry.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                // What enqueues before completion is still part of the transaction.
            }

            @Override
            public void afterCompletion(int status) {
                completion.ended(
                        switch (status) {
                            case Status.STATUS_COMMITTED -> End.COMMITTED;
                            case Status.STATUS_ROLLEDBACK -> End.ROLLED_BACK;
                            default -> End.UNKNOWN;
                        });
            }
        });
    }

    @Override
    public boolean rolledBack(Runnable work) {
        if (demarcation == null) {
            return false;
        }
        try {
            demarcation.begin();
            try {
                work.run();
            } finally {
                demarcation.rollback();
            }
            return true;
        } catch (NotSupportedException | SystemException refused) {
            throw new IllegalStateException("the transaction manager failed: " + refused, refused);
        }
    }
}
