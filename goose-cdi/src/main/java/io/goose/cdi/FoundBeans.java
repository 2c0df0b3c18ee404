package io.goose.cdi;

import io.goose.EnqueueMiddleware;
import io.goose.GooseBroker;
import io.goose.JobFailureHandler;
import io.goose.Middleware;
import io.goose.RetryDelay;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.BrokerFactory;
import io.goose.spi.WorkerThreads;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.spi.Annotated;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.enterprise.inject.spi.ProcessBean;
import jakarta.enterprise.inject.spi.ProcessManagedBean;
import jakarta.enterprise.inject.spi.ProcessSessionBean;
import jakarta.interceptor.Interceptor;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What discovery has found. Filled while the container boots, on its thread; read when the deployment is validated. */
final class FoundBeans {

    /** The types of beans that extend the engine. */
    private static final Set<Class<?>> EXTENSION_POINTS = Set.of(
            Middleware.class,
            EnqueueMiddleware.class,
            JobFailureHandler.class,
            RetryDelay.Custom.class,
            ArgumentCodec.class,
            BrokerFactory.class,
            WorkerThreads.class);

    private static final String MESSAGE_DRIVEN = "jakarta.ejb.MessageDriven";

    private final Map<Class<?>, FoundBean> jobBeans = new HashMap<>();
    private final Map<Class<?>, AnnotatedType<?>> asWritten = new HashMap<>();
    private final Map<Class<?>, List<JobMethod>> messageDriven = new LinkedHashMap<>();
    private final Map<Class<?>, List<Extending>> extending = new HashMap<>();
    private final Map<String, String> brokersInjected = new TreeMap<>(); // name, one place that wants it

    /** A bean that extends the engine, and its place among those of its type. */
    private record Extending(Bean<?> bean, int priority) {}

    void add(ProcessBean<?> event) {
        Bean<?> bean = event.getBean();
        for (Class<?> point : EXTENSION_POINTS) {
            if (bean.getTypes().contains(point)) {
                extending
                        .computeIfAbsent(point, p -> new ArrayList<>())
                        .add(new Extending(bean, priority(bean, event.getAnnotated())));
            }
        }
        if (event instanceof ProcessManagedBean<?> managed
                && !(bean instanceof jakarta.enterprise.inject.spi.Interceptor<?>)
                && !isMessageDriven(managed.getAnnotatedBeanClass())) {
            AnnotatedType<?> present = managed.getAnnotatedBeanClass();
            AnnotatedType<?> type = asWritten.getOrDefault(present.getJavaClass(), present);
            List<JobMethod> jobs = jobs(type);
            if (!jobs.isEmpty() || type.isAnnotationPresent(io.goose.AsyncJob.class)) {
                var session = event instanceof ProcessSessionBean<?> ejb ? ejb.getSessionBeanType() : null;
                jobBeans.putIfAbsent(type.getJavaClass(), new FoundBean(bean, type, session, jobs));
            }
        }
    }

    /** A type before the extension changed it; its jobs are read from here. */
    void addAsWritten(AnnotatedType<?> type) {
        asWritten.put(type.getJavaClass(), type);
    }

    private static int priority(Bean<?> bean, Annotated annotated) {
        if (bean instanceof Prioritized prioritized) {
            return prioritized.getPriority();
        }
        Priority given = annotated.getAnnotation(Priority.class);
        return given == null ? Interceptor.Priority.APPLICATION : given.value();
    }

    /** Sees components that are no beans: message-driven ones. */
    void addComponent(AnnotatedType<?> type) {
        if (isMessageDriven(type)) {
            List<JobMethod> jobs = jobs(type);
            if (!jobs.isEmpty()) {
                messageDriven.put(type.getJavaClass(), jobs);
            }
        }
    }

    private static boolean isMessageDriven(AnnotatedType<?> type) {
        return type.getAnnotations().stream()
                .anyMatch(present -> present.annotationType().getName().equals(MESSAGE_DRIVEN));
    }

    void addInjectionPoint(InjectionPoint point) {
        for (Annotation qualifier : point.getQualifiers()) {
            if (qualifier instanceof GooseBroker broker) {
                brokersInjected.putIfAbsent(broker.value(), String.valueOf(point.getMember()));
            }
        }
    }

    /** By the container's view of the class, in which other extensions may have changed annotations. */
    private static List<JobMethod> jobs(AnnotatedType<?> type) {
        Map<Method, Collection<? extends Annotation>> annotations = new HashMap<>();
        for (AnnotatedMethod<?> method : type.getMethods()) {
            annotations.put(method.getJavaMember(), method.getAnnotations());
        }
        return JobMethods.in(type.getJavaClass(), method -> {
            Collection<? extends Annotation> seen = annotations.get(method);
            return seen == null ? Arrays.asList(method.getDeclaredAnnotations()) : seen;
        });
    }

    /** Sorted by name, so that messages come in the same order each time. */
    Collection<FoundBean> jobBeans() {
        return jobBeans.values().stream()
                .sorted(Comparator.comparing(FoundBean::name))
                .toList();
    }

    Map<Class<?>, List<JobMethod>> messageDriven() {
        return messageDriven;
    }

    Map<String, String> brokersInjected() {
        return brokersInjected;
    }

    /** The beans of a type that extends the engine; lower {@code @Priority} first. */
    List<Bean<?>> extending(Class<?> point) {
        List<Extending> all = new ArrayList<>(extending.getOrDefault(point, List.of()));
        all.sort(Comparator.comparingInt(Extending::priority)
                .thenComparing(e -> e.bean().getBeanClass().getName()));
        return all.stream().<Bean<?>>map(Extending::bean).toList();
    }
}
