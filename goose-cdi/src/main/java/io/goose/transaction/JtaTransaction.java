package io.goose.transaction;

import io.goose.spi.SurroundingTransaction;
import jakarta.transaction.HeuristicMixedException;
import jakarta.transaction.HeuristicRollbackException;
import jakarta.transaction.NotSupportedException;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.UserTransaction;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The JTA transaction of the calling thread, by the two interfaces that every transaction manager gives to applications.
 * Thread-safe.
 *
 * @since 0.1
 */
public final class JtaTransaction implements SurroundingTransaction {

    private static final System.Logger LOG = System.getLogger(JtaTransaction.class.getName());

    private final TransactionSynchronizationRegistry registry;
    private final @Nullable UserTransaction demarcation;

    private JtaTransaction(TransactionSynchronizationRegistry registry, @Nullable UserTransaction demarcation) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.demarcation = demarcation;
    }

    /**
     * Transactions seen through a registry.
     *
     * @param demarcation begins the transactions of transactional jobs, and the one in which the enlistment of a data source
     *     is tried out; null to go without both
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
    public Optional<Demarcation> demarcation() {
        return demarcation == null ? Optional.empty() : Optional.of(new ByUser(demarcation));
    }

    /** By the interface that applications have for it. */
    private static final class ByUser implements Demarcation {
        private final UserTransaction user;

        private ByUser(UserTransaction user) {
            this.user = user;
        }

        @Override
        public void begin(Duration atMost) {
            long seconds = Math.max(1, atMost.plusNanos(999_999_999).toSeconds());
            try {
                user.setTransactionTimeout((int) Math.min(seconds, Integer.MAX_VALUE));
                try {
                    user.begin();
                } finally {
                    forgetTimeout();
                }
            } catch (NotSupportedException | SystemException refused) {
                throw new IllegalStateException("no transaction can be begun: " + refused, refused);
            }
        }

        /** It is the thread's, and would be that of every transaction that is begun inside. */
        @Override
        public void forgetTimeout() {
            try {
                user.setTransactionTimeout(0);
            } catch (SystemException kept) {
                LOG.log(Level.DEBUG, "the thread keeps its transaction timeout", kept);
            }
        }

        @Override
        public void commit() {
            try {
                user.commit();
            } catch (RollbackException
                    | HeuristicMixedException
                    | HeuristicRollbackException
                    | SystemException
                    | SecurityException uncommitted) {
                throw new IllegalStateException("the transaction did not commit: " + uncommitted, uncommitted);
            }
        }

        @Override
        public void rollback() {
            try {
                user.rollback();
            } catch (SystemException | SecurityException refused) {
                throw new IllegalStateException("the transaction was not rolled back in order: " + refused, refused);
            }
        }
    }
}
