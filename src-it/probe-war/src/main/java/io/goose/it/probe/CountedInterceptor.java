package io.goose.it.probe;

import io.goose.it.observe.Records;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;

/** Records under {@code <key>/intercepted}; its priority is the lowest an interceptor of the platform may have. */
@Counted
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE + 1)
public class CountedInterceptor {

    @Inject
    Observer observer;

    @AroundInvoke
    Object around(InvocationContext invocation) throws Exception {
        String key = invocation.getParameters()[0] + "/intercepted";
        Records.write(observer.look(key).build());
        return invocation.proceed();
    }
}
