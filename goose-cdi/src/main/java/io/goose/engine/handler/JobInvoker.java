package io.goose.engine.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls a job's method on its bean. */
@FunctionalInterface
public interface JobInvoker {

    /**
     * Calls the method.
     *
     * @param arguments one for each parameter; elements may be null
     * @return what it returned; null for {@code void}
     * @throws Throwable what it threw; wrappers of reflection and of the container may be around it
     */
    @Nullable Object invoke(List<@Nullable Object> arguments) throws Throwable;
}
