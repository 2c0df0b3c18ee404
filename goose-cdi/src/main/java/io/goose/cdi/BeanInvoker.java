package io.goose.cdi;

import io.goose.engine.handler.JobInvoker;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.BeanManager;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls a job's method on its bean, as any other caller of the bean would: through its proxy. */
final class BeanInvoker implements JobInvoker {

    private final BeanView view;
    private final BeanManager beans;
    private final boolean dependent;

    BeanInvoker(BeanView view, BeanManager beans) {
        this.view = view;
        this.beans = beans;
        this.dependent = view.bean().getScope().equals(Dependent.class); // @Stateless too
        if (!view.method().trySetAccessible()) {
            throw new IllegalArgumentException("GOOSE-2140: " + view.method()
                    + " cannot be called: its package is not open to io.goose; open it in" + " module-info");
        }
    }

    @Override
    public @Nullable Object invoke(List<@Nullable Object> arguments) throws Throwable {
        ClassLoader before = ContextLoaders.enter(view.bean().getBeanClass());
        CreationalContext<?> context = beans.createCreationalContext(view.bean());
        try {
            Object reference = beans.getReference(view.bean(), view.type(), context);
            return view.method().invoke(reference, arguments.toArray());
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        } finally {
            if (dependent) {
                context.release(); // an instance for each attempt
            }
            ContextLoaders.leave(before);
        }
    }
}
