package io.goose.cdi;

import io.goose.AsyncJob;
import io.goose.GooseBroker;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Specializes;
import jakarta.enterprise.inject.spi.Annotated;
import jakarta.enterprise.inject.spi.AnnotatedMember;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Decorator;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.inject.spi.Interceptor;
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.enterprise.inject.spi.ProcessBean;
import jakarta.enterprise.inject.spi.ProcessManagedBean;
import jakarta.enterprise.inject.spi.ProcessSessionBean;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What discovery has found. Filled while the container boots, on its thread; read when the deployment is validated. */
final class FoundBeans {

    private static final String MESSAGE_DRIVEN = "jakarta.ejb.MessageDriven";

    private final Map<Class<?>, FoundBean> jobBeans = new HashMap<>();
    private final Map<Class<?>, AnnotatedType<?>> asWritten = new HashMap<>();
    private final Map<Class<?>, List<JobMethod>> messageDriven = new LinkedHashMap<>();
    private final List<Extending> extending = new ArrayList<>();
    private final Set<AnnotatedElement> specialized = new HashSet<>(); // classes, and methods that produce beans
    private final Set<Class<?>> recurring = new LinkedHashSet<>();
    private final UnfoundJobs unfound = new UnfoundJobs();
    private final ObservedEvents events = new ObservedEvents();
    private @Nullable Class<?> home; // a bean of the application's own
    private final Map<String, String> brokersInjected = new TreeMap<>(); // name, one place that wants it

    /** A bean that extends the engine, and what it is made by. */
    private record Extending(
            ExtensionBeans.Found found, @Nullable AnnotatedElement origin) {}

    /** Which events of jobs are observed. */
    ObservedEvents events() {
        return events;
    }

    void add(ProcessBean<?> event) {
        Bean<?> bean = event.getBean();
        if (bean instanceof Decorator<?> || bean instanceof Interceptor<?>) {
            return; // nobody's bean, though it has the types of one
        }
        noteSpecialized(event);
        boolean managed = event instanceof ProcessManagedBean<?>; // or an EJB
        if (managed) {
            noteHome(bean); // not of what the container has built in
        }
        if (ExtensionBeans.extend(bean)) {
            extending.add(new Extending(
                    new ExtensionBeans.Found(bean, priority(event), managed, where(event)), origin(event)));
        }
        if (!managed) {
            unfound.addMade(where(event), types(event));
        } else if (!isMessageDriven(((ProcessManagedBean<?>) event).getAnnotatedBeanClass())) {
            addManaged(bean, (ProcessManagedBean<?>) event);
        }
    }

    /** One that is in no archive of the application is not noted, nor one of ours; an extension is a bean of ours too. */
    private void noteHome(Bean<?> bean) {
        Class<?> type = bean.getBeanClass();
        boolean beside = type.getClassLoader() == FoundBeans.class.getClassLoader();
        boolean ours = TracingBeans.isOne(bean) || MetricsBeans.isOne(bean) || Extension.class.isAssignableFrom(type);
        if (home == null && beside && !ours) {
            home = type;
        }
    }

    /** The class of a bean of the application that the loader of this one has loaded too; null if there is none. */
    @Nullable Class<?> home() {
        return home;
    }

    private void addManaged(Bean<?> bean, ProcessManagedBean<?> event) {
        AnnotatedType<?> present = event.getAnnotatedBeanClass();
        AnnotatedType<?> type = asWritten.getOrDefault(present.getJavaClass(), present);
        List<JobMethod> jobs = jobs(type);
        if (!jobs.isEmpty() || type.isAnnotationPresent(AsyncJob.class)) {
            var session = event instanceof ProcessSessionBean<?> ejb ? ejb.getSessionBeanType() : null;
            jobBeans.putIfAbsent(type.getJavaClass(), new FoundBean(bean, type, session, jobs));
        }
    }

    /** A bean that another specializes is disabled, its producers too; a container may report it all the same. */
    private void noteSpecialized(ProcessBean<?> event) {
        AnnotatedElement origin = origin(event);
        if (origin == null || !event.getAnnotated().isAnnotationPresent(Specializes.class)) {
            return;
        }
        if (origin instanceof Class<?> type && type.getSuperclass() != null) {
            specialized.add(type.getSuperclass());
        } else if (origin instanceof Method method) {
            Class<?> parent = method.getDeclaringClass().getSuperclass();
            Arrays.stream(parent.getDeclaredMethods())
                    .filter(above -> JobMethods.nameAndTypes(above).equals(JobMethods.nameAndTypes(method)))
                    .forEach(specialized::add);
        }
    }

    private boolean isSpecialized(@Nullable AnnotatedElement origin) {
        return specialized.contains(origin)
                || (origin instanceof Member member && specialized.contains(member.getDeclaringClass()));
    }

    /** The class or the producer; null for a synthetic bean. */
    private static @Nullable AnnotatedElement origin(ProcessBean<?> event) {
        Annotated annotated = event.getAnnotated();
        if (annotated instanceof AnnotatedType<?> type) {
            return type.getJavaClass();
        }
        return annotated instanceof AnnotatedMember<?> member ? (AnnotatedElement) member.getJavaMember() : null;
    }

    private static String where(ProcessBean<?> event) {
        return origin(event) instanceof Member member
                ? member.getDeclaringClass().getName() + "." + member.getName()
                : event.getBean().getBeanClass().getName();
    }

    /** The classes and interfaces of what is made, for a producer those that it declares. */
    private static List<Class<?>> types(ProcessBean<?> event) {
        Annotated annotated = event.getAnnotated();
        Collection<Type> types = annotated instanceof AnnotatedMember<?> member
                ? List.of(member.getBaseType())
                : event.getBean().getTypes();
        return types.stream().flatMap(type -> BeanView.rawType(type).stream()).toList();
    }

    /** A type before the extension changed it; its jobs are read from here. */
    void addAsWritten(AnnotatedType<?> type) {
        asWritten.put(type.getJavaClass(), type);
    }

    /** A class with jobs, whether or not it becomes a bean. */
    void addDeclaring(AnnotatedType<?> type) {
        unfound.addDeclaring(type);
    }

    /** A class with methods that are to recur, whether or not they are jobs. */
    void addRecurring(AnnotatedType<?> type) {
        recurring.add(type.getJavaClass());
    }

    Set<Class<?>> recurring() {
        return recurring;
    }

    private static int priority(ProcessBean<?> event) {
        if (event.getBean() instanceof Prioritized prioritized) {
            return prioritized.getPriority();
        }
        Annotated annotated = event.getAnnotated(); // null for some synthetic beans
        Priority given = annotated == null ? null : annotated.getAnnotation(Priority.class);
        return given == null ? jakarta.interceptor.Interceptor.Priority.APPLICATION : given.value();
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

    static boolean isMessageDriven(AnnotatedType<?> type) {
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
    static List<JobMethod> jobs(AnnotatedType<?> type) {
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

    /** The beans that extend the engine. */
    ExtensionBeans extensions(BeanManager beans) {
        return new ExtensionBeans(
                extending.stream()
                        .filter(each -> !isSpecialized(each.origin()))
                        .map(Extending::found)
                        .toList(),
                beans);
    }

    /** Reports classes with jobs that are not among the beans. */
    void checkUnfound(BeanManager beans, List<String> problems, List<String> warnings) {
        unfound.check(jobBeans.keySet(), beans, problems, warnings);
    }
}
