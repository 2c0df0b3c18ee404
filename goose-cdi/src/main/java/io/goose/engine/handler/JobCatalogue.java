package io.goose.engine.handler;

import io.goose.EnqueueRejectedException;
import io.goose.JobCall;
import io.goose.JobReference;
import io.goose.QueueNames;
import io.goose.admin.LimitScope;
import io.goose.job.JobId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that this application can run, by name and by method. Knows nothing of CDI, so that any kind of discovery can
 * fill it. Immutable.
 */
public final class JobCatalogue {

    /** No jobs: an application that only enqueues. */
    public static final JobCatalogue EMPTY = new JobCatalogue(Map.of(), Map.of(), List.of(), List.of());

    private final Map<String, JobDefinition> byName; // names and aliases
    private final Map<String, List<JobDefinition>> bySignature;
    private final List<DeclaredCron> crons;
    private final List<DeclaredLimit> limits;

    private JobCatalogue(
            Map<String, JobDefinition> byName,
            Map<String, List<JobDefinition>> bySignature,
            List<DeclaredCron> crons,
            List<DeclaredLimit> limits) {
        this.byName = byName;
        this.bySignature = bySignature;
        this.crons = List.copyOf(crons);
        this.limits = List.copyOf(limits);
    }

    /** This catalogue with a job of our own, whose name no other has. */
    public JobCatalogue with(JobDefinition own) {
        Map<String, JobDefinition> names = new TreeMap<>(byName);
        names.put(own.name(), own);
        return new JobCatalogue(Collections.unmodifiableMap(names), bySignature, crons, limits);
    }

    /** This catalogue with jobs that recur. */
    public JobCatalogue withCrons(List<DeclaredCron> declared) {
        return new JobCatalogue(byName, bySignature, declared, limits);
    }

    /** This catalogue with limits. */
    public JobCatalogue withLimits(List<DeclaredLimit> declared) {
        return new JobCatalogue(byName, bySignature, crons, declared);
    }

    /** The limits that jobs declare. */
    public List<DeclaredLimit> limits() {
        return limits;
    }

    /**
     * Checks that a job with a limit of its own goes to the queue that counts it.
     *
     * @throws EnqueueRejectedException if it does not
     */
    public void checkQueue(String handler, String queue, JobId id) {
        if (limits.isEmpty()) {
            return;
        }
        LimitScope own = LimitScope.handler(handler);
        for (DeclaredLimit limit : limits) {
            if (limit.scope().equals(own) && !limit.queue().equals(queue)) {
                throw new EnqueueRejectedException(
                        "GOOSE-4141",
                        id,
                        "cannot enqueue job " + id + " (" + handler + ") to queue '" + queue
                                + "': it has a limit, which is kept"
                                + " with its queue '" + limit.queue()
                                + "'; leave the queue out, change @Job(queue), or limit"
                                + " each key of the queue instead",
                        null);
            }
        }
    }

    /** The entries that jobs declare. */
    public List<DeclaredCron> crons() {
        return crons;
    }

    /**
     * Collects definitions.
     *
     * @param problems gets a message for each name that two jobs claim, or that is one of our own
     */
    public static JobCatalogue of(Collection<JobDefinition> definitions, List<String> problems) {
        Map<String, JobDefinition> byName = new TreeMap<>();
        Map<String, List<JobDefinition>> bySignature = new HashMap<>();
        for (JobDefinition definition : definitions) {
            claim(byName, definition.name(), definition, problems);
            definition.aliases().forEach(alias -> claim(byName, alias, definition, problems));
            definition.signatures().forEach(s -> bySignature
                    .computeIfAbsent(s, k -> new ArrayList<>())
                    .add(definition));
        }
        return new JobCatalogue(Collections.unmodifiableMap(byName), bySignature, List.of(), List.of());
    }

    private static void claim(
            Map<String, JobDefinition> byName, String name, JobDefinition definition, List<String> problems) {
        if (JobDefinition.isOwn(name)) {
            problems.add("GOOSE-2309: a job is called '" + name + "': " + definition.where()
                    + "; that is the name of a job of Goose's own, so give it another @Job(name) or alias");
            return;
        }
        JobDefinition other = byName.putIfAbsent(name, definition);
        if (other != null && !other.equals(definition)) {
            problems.add("GOOSE-2101: two jobs are called '" + name + "': " + other.where() + " and "
                    + definition.where() + "; give one of them another @Job(name)");
        }
    }

    /** The job with this name or former name. */
    public Optional<JobDefinition> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The job that a call means, if this application has it.
     *
     * @return null if it has not: the call's name is then taken as it is
     * @throws EnqueueRejectedException if the call's method reference fits two jobs
     */
    public @Nullable JobDefinition resolve(JobCall call) {
        JobReference reference = call.reference();
        if (reference == null) {
            return byName.get(call.handler());
        }
        List<JobDefinition> fitting = bySignature.getOrDefault(reference.signature(), List.of());
        if (fitting.size() == 1) {
            return fitting.get(0);
        }
        JobDefinition named = byName.get(call.handler());
        if (named == null && fitting.size() > 1) {
            throw new EnqueueRejectedException(
                    "GOOSE-1010",
                    null,
                    "the reference " + reference.receiver() + "::" + reference.method() + " fits two jobs, "
                            + fitting.get(0).where() + " and " + fitting.get(1).where()
                            + "; refer to the method through one of these classes, or use JobCall.of(\"name\", …)",
                    null);
        }
        return named;
    }

    /** All names and former names; sorted. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** All jobs, by name. */
    public Collection<JobDefinition> definitions() {
        Map<String, JobDefinition> unique = new TreeMap<>();
        byName.values().forEach(definition -> unique.put(definition.name(), definition));
        return unique.values();
    }

    /** What is wrong with the transactional jobs where there is no transaction manager; a message for each. */
    public List<String> withoutTransactions() {
        return definitions().stream()
                .filter(job -> job.settings().transactional())
                .map(job -> "GOOSE-2140: job " + job.where()
                        + " has transactional=true, but there is no transaction manager; enable Jakarta Transactions in"
                        + " the server, in Java SE give one to GooseBuilder.transactions, or remove transactional")
                .toList();
    }

    /** The queues that transactional jobs go to unless a call says otherwise, for retries too. */
    public Set<String> transactionalQueues() {
        Set<String> queues = new TreeSet<>();
        for (JobDefinition definition : definitions()) {
            if (definition.settings().transactional()) {
                queues.add(definition.settings().options().queue().orElse(QueueNames.DEFAULT));
                definition.settings().options().retry().queue().ifPresent(queues::add);
            }
        }
        return queues;
    }

    /** Every queue that a job's annotation names, for retries too. */
    public Set<String> declaredQueues() {
        Set<String> queues = new TreeSet<>();
        for (JobDefinition definition : definitions()) {
            definition.settings().options().queue().ifPresent(queues::add);
            definition.settings().options().retry().queue().ifPresent(queues::add);
        }
        return queues;
    }
}
