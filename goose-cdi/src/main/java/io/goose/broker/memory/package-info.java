/**
 * The broker that keeps everything in the heap, for tests and for trying things out: the whole contract, nothing durable.
 *
 * <p>A {@code MemoryStore} is the storage, a {@code MemoryQueue} one queue in it, a {@code Standing} what the storage knows
 * of one session; {@code MemoryBroker} and {@code MemorySession} are one connection to it. One lock guards all of a store.
 */
@NullMarked
package io.goose.broker.memory;

import org.jspecify.annotations.NullMarked;
