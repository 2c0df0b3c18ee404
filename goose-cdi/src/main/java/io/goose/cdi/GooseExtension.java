package io.goose.cdi;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.AsyncJob;
import io.goose.Cron;
import io.goose.GooseConfigurationException;
import io.goose.Job;
import io.goose.Limited;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Shutdown;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.AfterDeploymentValidation;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.BeforeShutdown;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.ProcessAnnotatedType;
import jakarta.enterprise.inject.spi.ProcessBean;
import jakarta.enterprise.inject.spi.ProcessInjectionPoint;
import jakarta.enterprise.inject.spi.ProcessInjectionTarget;
import jakarta.enterprise.inject.spi.ProcessObserverMethod;
import jakarta.enterprise.inject.spi.WithAnnotations;
import jakarta.interceptor.Interceptor;
import java.lang.reflect.Modifier;

/**
 * The portable extension. It only collects until the deployment is validated; then it checks everything that was found
 * together with the configuration, and reports all mistakes at once.
 */
public final class GooseExtension implements Extension {

    private static final System.Logger LOG = System.getLogger(GooseExtension.class.getName());

    private final GooseRuntime runtime = new GooseRuntime();
    private final FoundBeans found = new FoundBeans();
    private final Fallback fallback = new Fallback(runtime);

    /** For the container. */
    public GooseExtension() {}

    // The archive's discovery mode is none, so that only what is added here is a bean of ours.
    void declareBinding(@Observes BeforeBeanDiscovery event) {
        event.addInterceptorBinding(AsyncJob.class);
        TracingBeans.addTo(event);
        MetricsBeans.addTo(event);
    }

    void collectDeclaring(@Observes @WithAnnotations({Job.class, AsyncJob.class}) ProcessAnnotatedType<?> event) {
        found.addDeclaring(event.getAnnotatedType());
    }

    void collectRecurring(
            @Observes @WithAnnotations({Cron.class, Cron.Entries.class, Limited.class}) ProcessAnnotatedType<?> event) {
        found.addRecurring(event.getAnnotatedType());
    }

    // A container refuses by itself to intercept what is final, at once, before the other mistakes are known.
    // Without the binding it leaves that to our rules.
    void unbindWhatIsFinal(@Observes @WithAnnotations(AsyncJob.class) ProcessAnnotatedType<?> event) {
        AnnotatedType<?> type = event.getAnnotatedType();
        boolean all = Modifier.isFinal(type.getJavaClass().getModifiers());
        if (all || type.getMethods().stream().anyMatch(GooseExtension::isFinal)) {
            found.addAsWritten(type);
            event.configureAnnotatedType()
                    .filterMethods(method -> all || isFinal(method))
                    .forEach(method -> method.remove(AsyncJob.class::isInstance));
        }
    }

    private static boolean isFinal(AnnotatedMethod<?> method) {
        return Modifier.isFinal(method.getJavaMember().getModifiers());
    }

    void collect(@Observes ProcessBean<?> event) {
        found.add(event);
    }

    void collect(@Observes ProcessInjectionTarget<?> event) {
        fallback.see(event.getAnnotatedType().getJavaClass());
        found.addComponent(event.getAnnotatedType());
    }

    void collect(@Observes ProcessInjectionPoint<?, ?> event) {
        found.addInjectionPoint(event.getInjectionPoint());
    }

    void collect(@Observes ProcessObserverMethod<?, ?> event) {
        found.events().see(event.getObserverMethod());
    }

    void addBeans(@Observes AfterBeanDiscovery event, BeanManager beans) {
        event.addBean(new AsyncJobInterceptor(this, runtime));
        new SyntheticBeans(runtime, beans, found.home()).addTo(event);
    }

    // Last, so that the beans that other extensions set up at this event can be used.
    void validate(
            @Observes @Priority(Interceptor.Priority.PLATFORM_AFTER) AfterDeploymentValidation event,
            BeanManager beans) {
        Deployment deployment = Deployment.check(found, beans);
        deployment.warnings().forEach(warning -> LOG.log(WARNING, warning));
        Deployment.Valid valid = deployment.valid();
        if (valid == null) {
            event.addDeploymentProblem(new GooseConfigurationException(deployment.problems()));
        } else {
            runtime.configure(valid);
        }
    }

    void startWithoutWebModule(@Observes Startup event) {
        fallback.start();
    }

    void stop(@Observes Shutdown event) {
        runtime.stop();
    }

    // Where a deployment fails after its start, or a container sends no Shutdown.
    void stop(@Observes BeforeShutdown event) {
        runtime.stop();
    }
}
