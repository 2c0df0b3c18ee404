package io.goose.engine.handler;

import io.goose.JobDeclaration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Makes definitions of job methods that have passed the rules. */
public final class JobDefinitions {

    private JobDefinitions() {}

    /**
     * Makes a definition of each method.
     *
     * <p>An unnamed job that an interface declares gets the interface's default name as an alias, if no other bean has that
     * method too: a client that knows only the interface enqueues under that name.
     *
     * @param invoker what calls a method
     * @param formerNames names of jobs that a method replaces, which it answers to too
     */
    public static List<JobDefinition> of(
            List<JobMethod> jobs,
            Function<JobMethod, ? extends JobInvoker> invoker,
            Function<JobMethod, Set<String>> formerNames) {
        Map<String, Long> claims = new HashMap<>();
        for (JobMethod job : jobs) {
            claims.merge(job.name(), 1L, Long::sum);
            inheritedName(job).forEach(name -> claims.merge(name, 1L, Long::sum));
        }
        return jobs.stream()
                .map(job -> {
                    Set<String> aliases = new HashSet<>(job.declaration().aliases());
                    aliases.addAll(formerNames.apply(job));
                    aliases.addAll(inheritedName(job).stream()
                            .filter(name -> claims.getOrDefault(name, 0L) == 1L)
                            .collect(Collectors.toSet()));
                    return definition(job, aliases, invoker.apply(job));
                })
                .toList();
    }

    private static Set<String> inheritedName(JobMethod job) {
        Class<?> declaring = job.declared().getDeclaringClass();
        return declaring.equals(job.bean()) || !job.declaration().name().isEmpty()
                ? Set.of()
                : Set.of(declaring.getName() + "#" + job.method().getName());
    }

    private static JobDefinition definition(JobMethod job, Set<String> aliases, JobInvoker invoker) {
        JobDeclaration declaration = job.declaration();
        return new JobDefinition(
                job.name(),
                aliases,
                job.signatures(),
                job.parameters(),
                new JobDefinition.Settings(
                        declaration.options(),
                        declaration.noRetryOn(),
                        declaration.transactional(),
                        invoker,
                        job.where(),
                        job.sensitive()));
    }
}
