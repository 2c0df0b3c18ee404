package io.goose.se;

import io.goose.engine.config.GooseSettings;
import io.goose.engine.config.TransactionalJobs;
import io.goose.engine.cron.CronDeclarations;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinitions;
import io.goose.engine.handler.JobInvoker;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import io.goose.engine.handler.JobRules;
import io.goose.engine.limit.LimitDeclarations;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The objects whose methods are jobs. Not thread-safe. */
final class JobObjects {

    private static final String NAMED = "named:";

    private final Map<Class<?>, Supplier<?>> objects = new LinkedHashMap<>();
    private final List<Class<?>> twice = new ArrayList<>();

    void add(Class<?> type, Supplier<?> instances) {
        if (objects.putIfAbsent(type, instances) != null) {
            twice.add(type);
        }
    }

    /**
     * The jobs that pass the rules.
     *
     * @param unfit what is wrong with the type of a parameter; null if nothing is
     * @param delays the names that {@code named:} may refer to
     * @param settings null where they have mistakes of their own
     */
    JobCatalogue catalogue(
            Function<Type, @Nullable String> unfit,
            Set<String> delays,
            @Nullable GooseSettings settings,
            List<String> problems) {
        twice.forEach(type -> problems.add(
                "GOOSE-2128: " + type.getName() + " is registered twice; register one instance, which all runs share"));
        JobRules rules = JobRules.withoutProxies(unfit, problems);
        List<JobMethod> good = new ArrayList<>();
        objects.keySet().forEach(type -> {
            List<JobMethod> found = JobMethods.in(type);
            if (found.isEmpty()) {
                problems.add("GOOSE-2129: " + type.getName()
                        + " is registered, but has no job; annotate a method of it with @Job");
            }
            for (JobMethod job : found) {
                int before = problems.size();
                rules.check(job);
                check(job, delays, problems);
                TransactionalJobs.check(job, settings, problems);
                if (!job.method().trySetAccessible()) {
                    problems.add(JobRules.closed(job));
                }
                if (problems.size() == before) {
                    good.add(job);
                }
            }
        });
        CronDeclarations.checkStrays(objects.keySet(), problems);
        LimitDeclarations.checkStrays(objects.keySet(), problems);
        return JobCatalogue.of(JobDefinitions.of(good, this::invoker, job -> Set.of()), problems)
                .withCrons(CronDeclarations.of(good, problems))
                .withLimits(LimitDeclarations.of(good, problems));
    }

    private static void check(JobMethod job, Set<String> delays, List<String> problems) {
        if (job.isAsync()) {
            problems.add(JobRules.message(
                    "2130",
                    job,
                    "has @AsyncJob, which needs a CDI container to turn calls into jobs",
                    "use @Job and enqueue with performAsync"));
        }
        String delay = job.declaration().retryDelay();
        if (delay.startsWith(NAMED)
                && delay.length() > NAMED.length()
                && !delays.contains(delay.substring(NAMED.length()))) {
            problems.add(JobRules.message(
                    "2119",
                    job,
                    "has retryDelay=\"" + delay + "\", but no retry delay has this name",
                    "pass it to GooseBuilder.retryDelay, or use another delay"));
        }
    }

    private JobInvoker invoker(JobMethod job) {
        Method method = job.method();
        Supplier<?> instances = objects.getOrDefault(job.bean(), () -> null);
        return arguments -> {
            try {
                return method.invoke(instances.get(), arguments.toArray());
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause() == null ? thrown : thrown.getCause();
            }
        };
    }
}
