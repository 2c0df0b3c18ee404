package io.goose.cdi;

import io.goose.AsyncJob;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.cdi.AsyncJobs.AsyncTarget;
import io.goose.engine.Engine;
import io.goose.job.JobId;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues the call of an {@link AsyncJob} method, unless it is the engine's own call of the leased job. Outermost, so that
 * transactions, validation and fault tolerance act when the body runs.
 */
@AsyncJob
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE)
public class AsyncJobInterceptor {

    private final GooseRuntime runtime;

    @Inject
    AsyncJobInterceptor(GooseRuntime runtime) {
        this.runtime = runtime;
    }

    @AroundInvoke
    @Nullable Object enqueueOrRun(InvocationContext invocation) throws Exception {
        AsyncTarget target = runtime.asyncJob(invocation.getTarget().getClass(), invocation.getMethod());
        Engine engine = runtime.engine();
        if (engine.takeInvocation(target.handler())) {
            return invocation.proceed();
        }
        GooseClient client = target.broker().isEmpty() ? engine.client() : engine.client(target.broker());
        JobId id = client.performAsync(JobCall.of(target.handler(), invocation.getParameters()));
        return invocation.getMethod().getReturnType() == JobId.class ? id : null;
    }
}
