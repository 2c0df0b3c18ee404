/**
 * CDI events of the life of jobs, for {@code @ObservesAsync}. What nobody observes is not made. Each is told once, by the server where
 * it happened, and lost with that server: who must not miss one enqueues a job instead.
 */
@NullMarked
package io.goose.event;

import org.jspecify.annotations.NullMarked;
