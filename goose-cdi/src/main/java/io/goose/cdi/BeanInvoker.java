package io.goose.cdi;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.handler.JobInvoker;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.BeanManager;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls a job's method on its bean, as any other caller of the bean would: through its proxy. */
final class BeanInvoker implements JobInvoker {

    private static final System.Logger LOG = System.getLogger(BeanInvoker.class.getName());

    private final BeanView view;
    private final BeanManager beans;
    private final boolean dependent;

    /**
     * An invoker.
     *
     * @param view whose method is accessible
     */
    BeanInvoker(BeanView view, BeanManager beans) {
        this.view = view;
        this.beans = beans;
        this.dependent = view.bean().getScope().equals(Dependent.class); // @Stateless too
    }

    @Override
    public @Nullable Object invoke(List<@Nullable Object> arguments) throws Throwable {
        CreationalContext<?> context = beans.createCreationalContext(view.bean());
        ClassLoader before = ContextLoaders.enter(view.bean().getBeanClass());
        try {
            Object reference = beans.getReference(view.bean(), view.type(), context);
            return view.method().invoke(reference, arguments.toArray());
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        } finally {
            if (dependent) {
                release(context); // an instance for each attempt
            }
            ContextLoaders.leave(before);
        }
    }

    // What the job did stands, whatever becomes of its bean.
    private void release(CreationalContext<?> context) {
        try {
            context.release();
        } catch (RuntimeException | Error unclean) {
            LOG.log(
                    WARNING,
                    "GOOSE-4107: the bean " + view.bean().getBeanClass().getName()
                            + " could not be destroyed after its job; the job's outcome is unchanged",
                    unclean);
        }
    }
}
