package io.goose.spi;

import java.util.function.BooleanSupplier;

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

    /**
     * Has a thread run {@code body}. What has threads that it does not hand out, as the work manager of a resource adapter,
     * overrides this.
     *
     * @return whether {@code body} still runs, or is still to be run
     * @throws java.util.concurrent.RejectedExecutionException if the server makes none any more
     */
    default BooleanSupplier start(String name, Runnable body) {
        Thread made = newThread(name, body);
        made.start();
        return made::isAlive;
    }
}
