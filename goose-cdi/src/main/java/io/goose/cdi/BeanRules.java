package io.goose.cdi;

import io.goose.AsyncJob;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import io.goose.engine.handler.JobRules;
import jakarta.enterprise.context.ConversationScoped;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.context.spi.CreationalContext;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.SessionBeanType;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a bean must be like to have jobs, beside the rules for each method. */
final class BeanRules {

    private static final String PERMIT_ALL = "jakarta.annotation.security.PermitAll";

    /** What puts the transaction of the caller aside, or refuses to be in one. */
    private static final Set<String> OUTSIDE = Set.of("REQUIRES_NEW", "NOT_SUPPORTED", "NEVER");

    private final BeanManager beans;
    private final List<String> problems;
    private final List<String> warnings;

    BeanRules(BeanManager beans, List<String> problems, List<String> warnings) {
        this.beans = beans;
        this.problems = problems;
        this.warnings = warnings;
    }

    void checkMessageDriven(Map<Class<?>, List<JobMethod>> found) {
        found.forEach((type, jobs) -> problems.add("GOOSE-2115: message-driven bean " + type.getName()
                + " has the job " + jobs.get(0).where()
                + ", but only its messages can call it; move the job to a CDI bean or a @Stateless EJB"));
    }

    /** Checks the bean as a whole. */
    void check(FoundBean found) {
        Class<? extends Annotation> scope = found.bean().getScope();
        if (found.session() == SessionBeanType.STATEFUL) {
            problems.add(
                    "GOOSE-2114: @Stateful EJB " + found.name() + " has jobs, but a worker has no conversation with"
                            + " it; move them to a @Stateless EJB or an @ApplicationScoped bean");
        } else if (scope.equals(SessionScoped.class)
                || scope.equals(ConversationScoped.class)
                || beans.isPassivatingScope(scope)) {
            problems.add("GOOSE-2116: bean " + found.name() + " has jobs, but its scope @" + scope.getSimpleName()
                    + " belongs to a user's session, which a worker does not have; move them to an @ApplicationScoped,"
                    + " @RequestScoped or @Dependent bean");
        }
        if (found.type().isAnnotationPresent(AsyncJob.class)) {
            problems.add(
                    "GOOSE-2117: bean " + found.name()
                            + " has @AsyncJob on the class, which would enqueue every call of it; put it on the methods that are jobs");
        }
    }

    /** Makes the proxy through which the jobs will be called; no instance. */
    void checkProxy(FoundBean found) {
        if (found.isEjb() || !beans.isNormalScope(found.bean().getScope())) {
            return;
        }
        CreationalContext<?> context = beans.createCreationalContext(found.bean());
        try {
            beans.getReference(found.bean(), BeanView.callable(found), context);
        } catch (RuntimeException | LinkageError unproxyable) {
            problems.add(
                    "GOOSE-2134: bean " + found.name() + " has jobs, but no proxy can be made of it (" + unproxyable
                            + "); a bean in @" + found.bean().getScope().getSimpleName()
                            + " has a constructor without parameters, and none of its methods is final");
        }
    }

    /** Checks one of its jobs. */
    void check(FoundBean found, JobMethod job) {
        Class<?> declaring = job.declared().getDeclaringClass();
        if (job.isAsync() && (declaring.isInterface() || !job.declared().equals(job.method()))) {
            problems.add(JobRules.message(
                    "2118",
                    job,
                    "has its @AsyncJob on " + declaring.getName() + ", from which interceptors are not inherited",
                    "put @AsyncJob on the method of the bean's class"));
        }
        if (found.isEjb() && !Modifier.isPublic(job.method().getModifiers())) {
            problems.add(JobRules.message(
                    "2106", job, "is not public, so that it is no business method of the EJB", "make it public"));
        }
        if (job.isAsync() && !found.isEjb() && !Modifier.isPublic(job.method().getModifiers())) {
            warnings.add(JobRules.message( // seen on Weld 5.1 and 6.0, whose proxies bypass interceptors there
                    "2127",
                    job,
                    "is an @AsyncJob that is not public, so that a call through the bean's own proxy from one of its"
                            + " intercepted methods may run it at once",
                    "make it public"));
        }
        if (job.isAsync()) {
            warnOfBridge(job);
        }
        if (job.declaration().transactional()) {
            checkTransaction(found, job);
        }
        if (found.session() == SessionBeanType.SINGLETON && hasWriteLock(job.method(), found)) {
            warnings.add(JobRules.message(
                    "2123",
                    job,
                    "is on a @Singleton EJB with the write lock, so that one job runs at a time and others wait with"
                            + " their leases",
                    "add @Lock(READ) if it may run in parallel"));
        }
        if (found.isEjb()) {
            warnOfRoles(found, job);
        }
    }

    /** A transactional job runs in the transaction that completes it, which its bean must not put aside. */
    private void checkTransaction(FoundBean found, JobMethod job) {
        Class<?> type = found.type().getJavaClass();
        if (found.isEjb() && isValue(annotation(type, "jakarta.ejb.TransactionManagement"), Set.of("BEAN"))) {
            problems.add(JobRules.message(
                    "2141",
                    job,
                    "has transactional=true on an EJB that manages its transactions itself, so that its work would not be"
                            + " part of the job's",
                    "remove @TransactionManagement(BEAN) or transactional"));
            return;
        }
        String name = found.isEjb() ? "jakarta.ejb.TransactionAttribute" : "jakarta.transaction.Transactional";
        Class<?> onClass = found.isEjb() ? job.method().getDeclaringClass() : type;
        Optional<Annotation> attribute = annotation(job.method(), name).or(() -> annotation(onClass, name));
        if (isValue(attribute, OUTSIDE)) {
            problems.add(JobRules.message(
                    "2141",
                    job,
                    "has transactional=true and @" + name.substring(name.lastIndexOf('.') + 1) + "("
                            + value(attribute.orElseThrow()) + "), so that its work would not be part of the job's"
                            + " transaction",
                    "remove the one or the other"));
        }
    }

    private static boolean isValue(Optional<Annotation> annotation, Set<String> values) {
        return annotation.map(BeanRules::value).filter(values::contains).isPresent();
    }

    // Seen on Weld 5.1 and 6.0: a proxy does not intercept the bridge that overrides a class which it cannot see.
    private void warnOfBridge(JobMethod job) {
        Class<?> above = job.method().getDeclaringClass().getSuperclass();
        for (; above != null && above != Object.class; above = above.getSuperclass()) {
            for (Method method : above.getDeclaredMethods()) {
                if (!Modifier.isPublic(above.getModifiers())
                        && !Modifier.isAbstract(method.getModifiers())
                        && !method.isBridge()
                        && job.signatures().contains(JobMethods.signature(above, method))
                        && !JobMethods.nameAndTypes(method).equals(JobMethods.nameAndTypes(job.method()))) {
                    warnings.add(JobRules.message(
                            "2127",
                            job,
                            "is an @AsyncJob that overrides a generic method of " + above.getName()
                                    + ", which is not public, so that a call through that class may run it at once",
                            "make that class public, or its method abstract"));
                    return;
                }
            }
        }
    }

    void unreachable(FoundBean found, JobMethod job) {
        problems.add(JobRules.message(
                "2113",
                job,
                found.isEjb()
                        ? "is in no client view of the EJB"
                        : "is in none of the types of its bean, " + found.bean().getTypes(),
                found.isEjb()
                        ? "add it to the local interface, or add @LocalBean and make it public"
                        : "widen @Typed to a type that has the method"));
    }

    private static boolean hasWriteLock(Method method, FoundBean found) {
        boolean beanManaged = annotation(found.type().getJavaClass(), "jakarta.ejb.ConcurrencyManagement")
                .map(a -> value(a).equals("BEAN"))
                .orElse(false);
        String lock = annotation(method, "jakarta.ejb.Lock")
                .or(() -> annotation(method.getDeclaringClass(), "jakarta.ejb.Lock"))
                .map(BeanRules::value)
                .orElse("WRITE");
        return !beanManaged && lock.equals("WRITE");
    }

    private void warnOfRoles(FoundBean found, JobMethod job) {
        Method method = job.method();
        Class<?> type = method.getDeclaringClass();
        boolean denied = isDenied(method) || (annotation(method, PERMIT_ALL).isEmpty() && isDenied(type));
        if (denied) {
            warnings.add(JobRules.message(
                    "2124",
                    job,
                    "of the EJB " + found.name() + " is under @RolesAllowed or @DenyAll, but jobs run without a caller"
                            + " and will be refused",
                    "add @PermitAll to the method"));
        }
    }

    private static boolean isDenied(AnnotatedElement element) {
        return annotation(element, "jakarta.annotation.security.RolesAllowed").isPresent()
                || annotation(element, "jakarta.annotation.security.DenyAll").isPresent();
    }

    // By name: a server without EJBs has none of these.
    private static Optional<Annotation> annotation(AnnotatedElement element, String name) {
        for (Annotation present : element.getAnnotations()) {
            if (present.annotationType().getName().equals(name)) {
                return Optional.of(present);
            }
        }
        return Optional.empty();
    }

    private static String value(Annotation annotation) {
        try {
            return String.valueOf(annotation.annotationType().getMethod("value").invoke(annotation));
        } catch (ReflectiveOperationException unreadable) {
            throw new IllegalStateException("cannot read " + annotation, unreadable);
        }
    }
}
