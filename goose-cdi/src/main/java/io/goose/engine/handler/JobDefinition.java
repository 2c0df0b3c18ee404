package io.goose.engine.handler;

import io.goose.JobOptions;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A job that this application can run.
 *
 * @param name the name on the wire
 * @param aliases former names, under which it can be run too
 * @param signatures every {@code type#method(parameter,types)} under which a method reference may name it: one for each type
 *     of its bean that has the method
 * @param parameters the declared parameter types
 * @param settings how it is enqueued and retried, and by what it is invoked
 */
public record JobDefinition(
        String name, Set<String> aliases, Set<String> signatures, List<Type> parameters, Settings settings) {

    /** The job that begins steps of workflows. */
    public static final String WORKFLOW = "goose.workflow";

    /** The job that stands for a batch in another one. */
    public static final String BATCH = "goose.batch";

    /** Jobs of our own: every worker has them, and no application can. */
    private static final Set<String> OWN = Set.of(WORKFLOW, BATCH);

    /** Whether that is the name of a job of our own. */
    public static boolean isOwn(String name) {
        return OWN.contains(name);
    }

    /**
     * How a job is enqueued, retried and invoked.
     *
     * @param options what its annotation says
     * @param noRetryOn failures that are not retried
     * @param transactional whether the run is a transaction that completes the job
     * @param invoker calls the method
     * @param where the bean and method, for messages
     * @param sensitive the indexes of the parameters whose arguments are never logged
     */
    public record Settings(
            JobOptions options,
            List<Class<? extends Throwable>> noRetryOn,
            boolean transactional,
            JobInvoker invoker,
            String where,
            Set<Integer> sensitive) {

        /** With no sensitive parameter. */
        public Settings(
                JobOptions options,
                List<Class<? extends Throwable>> noRetryOn,
                boolean transactional,
                JobInvoker invoker,
                String where) {
            this(options, noRetryOn, transactional, invoker, where, Set.of());
        }

        public Settings {
            noRetryOn = List.copyOf(noRetryOn);
            sensitive = Set.copyOf(sensitive);
            Objects.requireNonNull(where, "where");
        }
    }

    public JobDefinition {
        Objects.requireNonNull(name, "name");
        aliases = Set.copyOf(aliases);
        signatures = Set.copyOf(signatures);
        parameters = List.copyOf(parameters);
    }

    /** The bean and method, for messages. */
    public String where() {
        return settings.where();
    }
}
