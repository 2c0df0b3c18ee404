package io.goose.spi;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transaction that may surround the thread that enqueues, as far as Goose has to know it, and those that Goose begins itself. A server's is found by itself;
 * in Java SE there is none unless the program gives one.
 *
 * <p>Thread-safe; every method speaks of the calling thread. {@link #state} is called at every enqueue and must be as cheap
 * as reading a thread-local.
 *
 * @since 0.1
 */
public interface SurroundingTransaction {

    /** What surrounds a thread. */
    enum State {
        /** No transaction. */
        NONE,
        /** One that has committed, in what is called because of that. */
        COMMITTED,
        /** One that can still commit. */
        ACTIVE,
        /** One that will not commit any more, or has been rolled back and is not yet ended by its owner. */
        ROLLBACK
    }

    /** How a transaction ended. */
    enum End {
        COMMITTED,
        ROLLED_BACK,
        /** Nobody can say, as after a heuristic decision. */
        UNKNOWN
    }

    /** Is told of the end of a transaction, on the thread that ended it: must be quick, must not throw and does no I/O. */
    @FunctionalInterface
    interface Completion {
        void ended(End end);
    }

    /** Begins and ends transactions of the calling thread. Thread-safe. */
    interface Demarcation {
        /**
         * Begins one, on a thread that has none. Those that are begun inside of it have the server's own timeout.
         *
         * @param atMost after which it is rolled back; counted in whole seconds, at least one
         * @throws IllegalStateException if the transaction manager refuses
         */
        void begin(Duration atMost);

        /**
         * Commits. The thread has no transaction afterwards.
         *
         * @throws IllegalStateException unless it was seen to commit: it was rolled back, or nobody can say
         */
        void commit();

        /**
         * Rolls back. The thread has no transaction afterwards.
         *
         * @throws IllegalStateException if the transaction manager refuses
         */
        void rollback();

        /** Takes back a timeout that the application has set for the transactions that the thread begins. */
        default void forgetTimeout() {}
    }

    /** There never is a transaction. */
    SurroundingTransaction NONE = new SurroundingTransaction() {
        @Override
        public boolean isPresent() {
            return false;
        }

        @Override
        public State state() {
            return State.NONE;
        }

        @Override
        public void setRollbackOnly() {
            throw new IllegalStateException("there is no transaction");
        }

        @Override
        public @Nullable Object resource(Object key) {
            throw new IllegalStateException("there is no transaction");
        }

        @Override
        public void putResource(Object key, Object value) {
            throw new IllegalStateException("there is no transaction");
        }

        @Override
        public void onEnd(Completion completion) {
            throw new IllegalStateException("there is no transaction");
        }

        @Override
        public Optional<Demarcation> demarcation() {
            return Optional.empty();
        }
    };

    /** Whether there can be transactions here at all. */
    boolean isPresent();

    /** What surrounds the calling thread. */
    State state();

    /**
     * Keeps the transaction from committing.
     *
     * @throws IllegalStateException if there is none
     */
    void setRollbackOnly();

    /**
     * What was put into the present transaction under this key; null if nothing was.
     *
     * @throws IllegalStateException if there is none
     */
    @Nullable Object resource(Object key);

    /**
     * Keeps something for the time of the present transaction.
     *
     * @throws IllegalStateException if there is none
     */
    void putResource(Object key, Object value);

    /**
     * Registers something to be told of the end of the present transaction, once.
     *
     * @throws IllegalStateException if there is none, or it is too late in it
     */
    void onEnd(Completion completion);

    /** Begins and ends transactions; empty if none can be begun here. */
    Optional<Demarcation> demarcation();

    /**
     * Runs something on the calling thread, which has no transaction, so that the connections it takes are its own. Without a
     * transaction a container may give out one connection for all that is done within a method or a request: what is committed
     * on it would be the application's work too. What {@code work} throws is thrown.
     *
     * @return what {@code work} returns
     */
    default <T> T apart(Supplier<T> work) {
        return work.get();
    }
}
