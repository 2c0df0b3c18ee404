package io.goose.engine.limit;

import io.goose.JobDeclaration;
import io.goose.Limited;
import io.goose.QueueNames;
import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.engine.handler.DeclaredLimit;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import io.goose.engine.handler.JobRules;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the annotations of job methods that limit them. */
public final class LimitDeclarations {

    private LimitDeclarations() {}

    /**
     * The limits that jobs declare.
     *
     * @param problems gets a message for each that cannot be
     */
    public static List<DeclaredLimit> of(Collection<JobMethod> jobs, List<String> problems) {
        Map<String, DeclaredLimit> all = new HashMap<>();
        for (JobMethod job : jobs) {
            Limited limited = annotation(job);
            DeclaredLimit declared = limited == null ? null : declared(job, limited, problems);
            if (declared != null) {
                DeclaredLimit other = all.putIfAbsent(
                        declared.queue() + ":" + declared.scope().code(), declared);
                if (other != null && !other.limit().equals(declared.limit())) {
                    problems.add(JobRules.message(
                            "2293",
                            job,
                            "limits " + declared.scope() + " of queue '" + declared.queue() + "' otherwise than "
                                    + other.where() + " does",
                            "give both the same limit, or leave one out"));
                }
            }
        }
        return List.copyOf(all.values());
    }

    /** That of the implementation, else the one that stands where the job's annotation stands. */
    private static @Nullable Limited annotation(JobMethod job) {
        Limited own = job.method().getAnnotation(Limited.class);
        return own != null ? own : job.declared().getAnnotation(Limited.class);
    }

    private static @Nullable DeclaredLimit declared(JobMethod job, Limited limited, List<String> problems) {
        JobDeclaration members = job.declaration();
        String queue = members.queue().isEmpty() ? QueueNames.DEFAULT : members.queue();
        if (!limited.eachKey()
                && !members.retryQueue().isEmpty()
                && !members.retryQueue().equals(queue)) {
            problems.add(JobRules.message(
                    "2293",
                    job,
                    "has @Limited and retryQueue='" + members.retryQueue() + "', where nobody would count its retries",
                    "leave retryQueue out, so that they run in the job's queue"));
            return null;
        }
        try {
            Limit limit = new Limit(limited.concurrent(), limited.rate(), Duration.parse(limited.per()));
            if (limit.concurrent() == 0 && limit.rate() == 0 && !limited.eachKey()) {
                problems.add(JobRules.message(
                        "2293", job, "has a @Limited that limits nothing", "set concurrent, rate or both"));
                return null;
            }
            LimitScope scope = limited.eachKey() ? LimitScope.eachKey() : LimitScope.handler(job.name());
            return new DeclaredLimit(queue, scope, limit, job.where());
        } catch (DateTimeParseException wrong) {
            problems.add(JobRules.message(
                    "2293", job, "has @Limited(per=\"" + limited.per() + "\")", "write a duration such as PT1S"));
        } catch (IllegalArgumentException wrong) {
            problems.add(wrong.getMessage() + " (the @Limited of " + job.where() + ")");
        }
        return null;
    }

    /**
     * Looks for annotations on methods that are no jobs.
     *
     * @param problems gets a message for each
     */
    public static void checkStrays(Collection<Class<?>> types, List<String> problems) {
        for (Class<?> type : types) {
            Set<Method> jobs = JobMethods.in(type).stream()
                    .flatMap(job -> List.of(job.method(), job.declared()).stream())
                    .collect(Collectors.toSet());
            List<Method> strays = new ArrayList<>(List.of(type.getDeclaredMethods()));
            strays.removeIf(
                    method -> !method.isAnnotationPresent(Limited.class) || method.isBridge() || jobs.contains(method));
            strays.forEach(method -> problems.add("GOOSE-2294: " + type.getName() + "#" + method.getName()
                    + " has @Limited, but is no job; annotate it with @Job too"));
        }
    }
}
