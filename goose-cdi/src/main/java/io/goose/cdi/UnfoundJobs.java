package io.goose.cdi;

import io.goose.AsyncJob;
import io.goose.Job;
import io.goose.JobDeclaration;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import jakarta.decorator.Decorator;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Classes that have jobs and are no beans that discovery can use: what is enqueued for them would never run. Filled and read
 * on the container's boot thread.
 */
final class UnfoundJobs {

    private final Map<String, AnnotatedType<?>> declaring = new TreeMap<>();
    // By the producer, or the class of a synthetic bean.
    private final Map<String, List<Class<?>>> made = new TreeMap<>();

    void addDeclaring(AnnotatedType<?> type) {
        declaring.put(type.getJavaClass().getName(), type);
    }

    /** Notes a bean that is not an instance of a class that was discovered as a bean. */
    void addMade(String where, List<Class<?>> types) {
        made.computeIfAbsent(where, w -> new ArrayList<>()).addAll(types);
    }

    /**
     * Reports them.
     *
     * @param found the classes of the beans whose jobs were found
     */
    void check(Set<Class<?>> found, BeanManager beans, List<String> problems, List<String> warnings) {
        for (AnnotatedType<?> type : declaring.values()) {
            Class<?> declared = type.getJavaClass();
            List<JobMethod> jobs = FoundBeans.jobs(type);
            if (!jobs.isEmpty() && couldBeABean(type, beans) && found.stream().noneMatch(declared::isAssignableFrom)) {
                report(type, jobs.get(0), problems, warnings);
            }
        }
        made.forEach((where, types) -> types.stream()
                .filter(UnfoundJobs::hasJob)
                .filter(type -> found.stream().noneMatch(type::isAssignableFrom))
                .max(Comparator.comparingInt(
                        type -> JobDeclaration.searchOrder(type).size()))
                .flatMap(type -> JobMethods.in(type).stream().findFirst())
                .ifPresent(job -> problems.add("GOOSE-2133: the bean of " + where + " has the job " + job.where()
                        + ", but jobs are found on classes that are beans themselves; give its class a scope, or move the"
                        + " job to a bean that calls it")));
    }

    private static boolean couldBeABean(AnnotatedType<?> type, BeanManager beans) {
        Class<?> declared = type.getJavaClass();
        return !Modifier.isAbstract(declared.getModifiers()) // an interface is abstract too
                && !Extension.class.isAssignableFrom(declared)
                && !FoundBeans.isMessageDriven(type)
                && !type.isAnnotationPresent(Decorator.class)
                && !type.isAnnotationPresent(Interceptor.class)
                && type.getAnnotations().stream().noneMatch(annotation -> isAlternative(annotation, beans));
    }

    private static boolean isAlternative(Annotation annotation, BeanManager beans) {
        Class<? extends Annotation> kind = annotation.annotationType();
        return kind == Alternative.class
                || (beans.isStereotype(kind)
                        && beans.getStereotypeDefinition(kind).stream().anyMatch(inner -> isAlternative(inner, beans)));
    }

    private static void report(AnnotatedType<?> type, JobMethod job, List<String> problems, List<String> warnings) {
        Class<?> declared = type.getJavaClass();
        String what = declared.getName() + " has the job " + job.where() + ", but ";
        if (declared.isMemberClass() && !Modifier.isStatic(declared.getModifiers())) {
            problems.add("GOOSE-2131: " + what + "is no bean, because it is an inner class; make it static");
        } else if (type.getConstructors().stream()
                .noneMatch(constructor ->
                        constructor.getParameters().isEmpty() || constructor.isAnnotationPresent(Inject.class))) {
            problems.add(
                    "GOOSE-2131: " + what + "is no bean, because it has neither a constructor without parameters nor"
                            + " one with @Inject; add one");
        } else {
            warnings.add("GOOSE-2132: " + what + "the container has made no bean of it: an extension or beans.xml has"
                    + " taken it out; its jobs do not run here");
        }
    }

    private static boolean hasJob(Class<?> type) {
        try {
            for (Class<?> each : JobDeclaration.searchOrder(type)) {
                for (Method method : each.getDeclaredMethods()) {
                    if (method.isAnnotationPresent(Job.class) || method.isAnnotationPresent(AsyncJob.class)) {
                        return true;
                    }
                }
            }
            return false;
        } catch (LinkageError optional) { // a class of somebody else, of which a library is left out
            return false;
        }
    }
}
