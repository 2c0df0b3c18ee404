package io.goose.engine.observe;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A run that has ended.
 *
 * @param begin what was told of it before
 * @param ending what comes of the job
 * @param took how long user code ran
 * @param failure what it threw, without the wrappers of servers; null if it returned. One that is {@link Ending#DONE} may have thrown
 *     {@link io.goose.Discard}
 */
public record RunEnd(
        RunBegin begin,
        Ending ending,
        Duration took,
        @Nullable Throwable failure) {}
