package io.goose.cdi;

import io.goose.AsyncJob;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.cdi.AsyncJobs.AsyncTarget;
import io.goose.engine.Engine;
import io.goose.job.JobId;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Default;
import jakarta.enterprise.inject.spi.InterceptionType;
import jakarta.enterprise.inject.spi.Interceptor;
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.interceptor.Interceptor.Priority;
import jakarta.interceptor.InvocationContext;
import java.lang.annotation.Annotation;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues the call of an {@link AsyncJob} method, unless it is the engine's own call of the leased job. Outermost, so that
 * transactions, validation and fault tolerance act when the body runs.
 *
 * <p>A bean of its own making instead of an annotated class: Open Liberty 26 finds the archive of a class that no archive
 * lists by its name, and so gives the interceptors of all WARs of an EAR to one of them. The extension's class is listed; for
 * EJBs the container asks for an instance by that class, so that the instance is the extension.
 */
final class AsyncJobInterceptor extends OwnBean<GooseExtension> implements Interceptor<GooseExtension>, Prioritized {

    private final GooseRuntime runtime;

    AsyncJobInterceptor(GooseExtension extension, GooseRuntime runtime) {
        super(GooseExtension.class, GooseExtension.class, extension);
        this.runtime = runtime;
    }

    private @Nullable Object enqueueOrRun(InvocationContext invocation) throws Exception {
        AsyncTarget target = runtime.asyncJob(invocation.getTarget().getClass(), invocation.getMethod());
        Engine engine = runtime.engine();
        if (engine.takeInvocation(target.handler())) {
            return invocation.proceed();
        }
        GooseClient client = target.broker().isEmpty() ? engine.client() : engine.client(target.broker());
        JobId id = client.performAsync(JobCall.of(target.handler(), invocation.getParameters()));
        return invocation.getMethod().getReturnType() == JobId.class ? id : null;
    }

    /** Carries the binding, whose members are all nonbinding. */
    @AsyncJob
    private static final class Binding {}

    @Override
    public Set<Annotation> getInterceptorBindings() {
        return Set.of(Binding.class.getAnnotation(AsyncJob.class));
    }

    @Override
    public boolean intercepts(InterceptionType type) {
        return type == InterceptionType.AROUND_INVOKE;
    }

    @Override
    public @Nullable Object intercept(InterceptionType type, GooseExtension instance, InvocationContext invocation)
            throws Exception {
        return enqueueOrRun(invocation);
    }

    @Override
    public int getPriority() {
        return Priority.PLATFORM_BEFORE;
    }

    @Override
    public Set<Annotation> getQualifiers() {
        return Set.of(Default.Literal.INSTANCE, Any.Literal.INSTANCE);
    }
}
