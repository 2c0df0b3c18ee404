package io.goose.spi;

/**
 * Where threads come from: the server's managed thread factory, or a plain one in Java SE. Goose and its brokers' clients
 * start no thread in another way. Must be thread-safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface WorkerThreads {

    /**
     * Makes a thread and does not start it.
     *
     * @param name what to call it, where the factory lets us
     * @throws java.util.concurrent.RejectedExecutionException if the server makes none any more
     */
    Thread newThread(String name, Runnable body);
}
