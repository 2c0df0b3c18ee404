package io.goose.engine.transaction;

import io.goose.BrokerUnavailableException;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.State;
import io.goose.spi.WorkerThreads;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Does things where no transaction is, apart from what else the caller does: on the calling thread if it has none, else on another
 * while this one waits. What needs this inside of one is rare. Thread-safe.
 */
final class Outside {

    private final SurroundingTransaction transaction;
    private final WorkerThreads threads;

    Outside(SurroundingTransaction transaction, WorkerThreads threads) {
        this.transaction = transaction;
        this.threads = threads;
    }

    /** What {@code work} returns or throws. An interrupt does not end the wait; the flag stays set. */
    <T> T call(Supplier<T> work) {
        if (transaction.state() == State.NONE) {
            return transaction.apart(work);
        }
        FutureTask<T> task = new FutureTask<>(work::get);
        try {
            threads.newThread("goose-outside-transaction", task).start();
        } catch (RejectedExecutionException none) {
            throw new BrokerUnavailableException(
                    "GOOSE-4307: no thread is to be had for a call to the broker outside of the transaction: "
                            + none.getMessage(),
                    none);
        }
        return result(task);
    }

    private static <T> T result(FutureTask<T> task) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            Throwable cause = failed.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            throw cause instanceof RuntimeException thrown ? thrown : new IllegalStateException(cause);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void run(Runnable work) {
        call(() -> {
            work.run();
            return Boolean.TRUE;
        });
    }
}
