package io.goose.engine.handler;

import io.goose.JobDeclaration;
import io.goose.JobOptions;
import io.goose.QueueNames;
import io.goose.RetryDelay;
import io.goose.UniqueJob;
import io.goose.job.JobId;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a job method must be like, wherever it lives. Rules of a container's beans are the container adapter's.
 *
 * <p>Not thread-safe.
 */
public final class JobRules {

    private static final int LONGEST_NAME = 255;

    // By name: none of these APIs need be there.
    private static final Set<String> ASYNCHRONOUS = Set.of(
            "jakarta.ejb.Asynchronous",
            "jakarta.enterprise.concurrent.Asynchronous",
            "org.eclipse.microprofile.faulttolerance.Asynchronous");

    private final Function<Type, @Nullable String> unfit;
    private final List<String> problems;
    private final boolean proxied;

    /**
     * Rules for beans, which are called through proxies.
     *
     * @param unfit what is wrong with the type of a parameter; null if nothing is
     * @param problems gets a message for each rule that is broken
     */
    public JobRules(Function<Type, @Nullable String> unfit, List<String> problems) {
        this(unfit, problems, true);
    }

    private JobRules(Function<Type, @Nullable String> unfit, List<String> problems, boolean proxied) {
        this.unfit = unfit;
        this.problems = problems;
        this.proxied = proxied;
    }

    /** Rules for objects that are called themselves: they and their methods may be final. */
    public static JobRules withoutProxies(Function<Type, @Nullable String> unfit, List<String> problems) {
        return new JobRules(unfit, problems, false);
    }

    /** Checks a method. */
    public void check(JobMethod job) {
        if (job.annotations().stream()
                        .filter(each -> !(each instanceof UniqueJob))
                        .count()
                > 1) {
            problem(job, "2107", "has both @Job and @AsyncJob", "keep one of them");
        }
        checkModifiers(job);
        checkReturn(job);
        checkAsynchronous(job);
        checkParameters(job);
        checkMembers(job);
    }

    private void checkModifiers(JobMethod job) {
        int modifiers = job.method().getModifiers();
        if (Modifier.isPrivate(modifiers)) {
            problem(job, "2102", "is private, so that no proxy can call it", "make it public or package-private");
        }
        if (Modifier.isStatic(modifiers)) {
            problem(job, "2103", "is static, so that it belongs to no bean", "make it an instance method");
        }
        if (proxied && Modifier.isFinal(modifiers)) {
            problem(job, "2104", "is final, so that no proxy passes the call on", "remove final from the method");
        }
        if (proxied && Modifier.isFinal(job.bean().getModifiers())) {
            problem(job, "2105", "is in a final class, which cannot have a proxy", "remove final from the class");
        }
    }

    private void checkReturn(JobMethod job) {
        Class<?> returned = job.method().getReturnType();
        if (job.isAsync()) {
            if (returned != void.class && returned != JobId.class) {
                problem(
                        job,
                        "2108",
                        "is an @AsyncJob that returns " + returned.getTypeName()
                                + ", which a call that enqueues cannot have",
                        "return void, or io.goose.job.JobId to get the job's id");
            }
        } else if (Future.class.isAssignableFrom(returned)
                || CompletionStage.class.isAssignableFrom(returned)
                || Flow.Publisher.class.isAssignableFrom(returned)) {
            problem(
                    job,
                    "2122",
                    "returns " + returned.getTypeName() + ", but a job is done when its method returns",
                    "return void and wait for the result in the method");
        }
    }

    /** On the method, on the class that declares it, or on the bean's class, from where it counts for all methods. */
    private void checkAsynchronous(JobMethod job) {
        Set<AnnotatedElement> places = new LinkedHashSet<>();
        places.add(job.method());
        places.add(job.method().getDeclaringClass());
        places.add(job.bean());
        Set<String> reported = new HashSet<>();
        for (AnnotatedElement place : places) {
            for (Annotation annotation : place.getAnnotations()) {
                String name = annotation.annotationType().getName();
                if (ASYNCHRONOUS.contains(name) && reported.add(name)) {
                    boolean onMethod = place.equals(job.method());
                    problem(
                            job,
                            "2109",
                            "has @" + name + (onMethod ? " too" : " on " + ((Class<?>) place).getName())
                                    + ", so that it would run on a thread that knows nothing of the job",
                            onMethod ? "remove that annotation" : "put that annotation on the methods that need it");
                }
            }
        }
    }

    private void checkParameters(JobMethod job) {
        List<Type> types = job.parameters();
        for (int i = 0; i < types.size(); i++) {
            Type type = types.get(i);
            if (TypeVariables.isOpen(type)) {
                problem(
                        job,
                        "2111",
                        "has parameter " + (i + 1) + " of the type " + type.getTypeName()
                                + ", a type variable that has no value in this class",
                        "use a definite type, or put the job into a subclass that gives the variable one");
                continue;
            }
            String wrong = unfit(type);
            if (wrong != null) {
                problem(job, "2110", "has parameter " + (i + 1) + ", which cannot travel", wrong);
            }
        }
    }

    /** The codec may be the application's: where it fails, that is one mistake among others. */
    private @Nullable String unfit(Type type) {
        try {
            return unfit.apply(type);
        } catch (RuntimeException | LinkageError failed) {
            return "the argument codec fails at " + type.getTypeName() + " (" + failed
                    + "); mend the codec, or use another type";
        }
    }

    private void checkMembers(JobMethod job) {
        JobDeclaration members = job.declaration();
        if (!members.name().isEmpty()) {
            checkName(job, "name", members.name());
        }
        Set<String> seen = new HashSet<>(Set.of(job.name()));
        for (String alias : members.aliases()) {
            checkName(job, "aliases", alias);
            if (!seen.add(alias)) {
                member(job, "aliases", alias, "it is the job's name or given twice; leave it out");
            }
        }
        if (!members.queue().isEmpty()) {
            QueueNames.problem(members.queue()).ifPresent(wrong -> member(job, "queue", members.queue(), wrong));
        }
        if (!members.retryQueue().isEmpty()) {
            QueueNames.problem(members.retryQueue())
                    .ifPresent(wrong -> member(job, "retryQueue", members.retryQueue(), wrong));
        }
        if (members.maxRetries() < -1) {
            member(job, "maxRetries", String.valueOf(members.maxRetries()), "it is negative; 0 means no retry");
        }
        try {
            int arguments = members.keyArguments();
            if (arguments > job.parameters().size()) {
                member(job, "key", members.key(), "it is made of " + arguments + " arguments, the method has fewer");
            }
        } catch (IllegalArgumentException wrong) {
            member(job, "key", members.key(), "write text in which {0} stands for the first argument");
        }
        if (!members.timeout().isEmpty()) {
            checkTimeout(job, members.timeout());
        }
        if (!members.retryDelay().isEmpty()) {
            try {
                RetryDelay.parse(members.retryDelay());
            } catch (IllegalArgumentException wrong) {
                member(
                        job,
                        "retryDelay",
                        members.retryDelay(),
                        "it is no delay; write standard, fixed:PT5S, exponential:PT1S,2.0,PT1H or named:<bean>");
            }
        }
    }

    private void checkTimeout(JobMethod job, String timeout) {
        try {
            JobOptions valid =
                    JobOptions.builder().timeout(Duration.parse(timeout)).build();
            assert valid.timeout().isPresent();
        } catch (DateTimeParseException unparsable) {
            member(job, "timeout", timeout, "it is no duration; write it in ISO-8601, for example PT5M");
        } catch (IllegalArgumentException outOfRange) {
            member(
                    job,
                    "timeout",
                    timeout,
                    "it is out of range; set it to PT0.001S … P3650D, or leave it out for none");
        }
    }

    private void checkName(JobMethod job, String member, String name) {
        if (name.isEmpty()) {
            member(job, member, name, "it is empty; leave it out or give it a text");
        } else if (name.length() > LONGEST_NAME) {
            member(
                    job,
                    member,
                    name.substring(0, 20) + "…",
                    "it has " + name.length() + " characters; shorten it to " + LONGEST_NAME);
        } else if (name.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
            member(job, member, name, "it has white space or a control character; leave that out");
        }
    }

    private void member(JobMethod job, String member, String value, String wrong) {
        problems.add("GOOSE-2112: job " + job.where() + " has "
                + job.declaration().annotation() + "(" + member + "=\"" + value + "\"): " + wrong);
    }

    private void problem(JobMethod job, String code, String what, String mend) {
        problems.add(message(code, job, what, mend));
    }

    /** What is said where reflection may not call the method. */
    public static String closed(JobMethod job) {
        return message(
                "2135",
                job,
                "cannot be called, because its package is not open to io.goose",
                "add opens " + job.method().getDeclaringClass().getPackageName() + " to module-info");
    }

    /** A message about a job method in the one form that all have. */
    public static String message(String code, JobMethod job, String what, String mend) {
        return "GOOSE-" + code + ": job " + job.where() + " " + what + "; " + mend;
    }
}
