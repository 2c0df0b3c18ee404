package io.goose;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a job on its way through the middlewares.
 *
 * <p>Used on the job's thread, during {@link Middleware#around} only.
 *
 * @since 0.1
 */
public interface JobInvocation {

    /** The run that this is. */
    JobRun run();

    /** The decoded arguments; unmodifiable, elements may be null. */
    List<@Nullable Object> arguments();

    /**
     * Goes on to the next middleware and in the end to the job's method.
     *
     * @throws IllegalStateException if it is called again: one attempt is one run
     * @return what the method returned; null for {@code void}
     * @throws Throwable what the method threw, unwrapped
     */
    @Nullable Object proceed() throws Throwable;
}
