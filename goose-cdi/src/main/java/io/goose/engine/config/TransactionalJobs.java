package io.goose.engine.config;

import io.goose.JobDeclaration;
import io.goose.QueueNames;
import io.goose.engine.config.GooseSettings.ConfiguredBroker;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobRules;
import io.goose.engine.worker.WorkerSettings;
import io.goose.spi.Capability;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether jobs that are to be completed in their transactions are on brokers that can do that. */
public final class TransactionalJobs {

    private TransactionalJobs() {}

    /**
     * Checks a job.
     *
     * @param settings null where they have mistakes of their own
     * @param problems gets a message for each broker that cannot
     */
    public static void check(JobMethod job, @Nullable GooseSettings settings, List<String> problems) {
        JobDeclaration declaration = job.declaration();
        if (settings == null || !declaration.transactional()) {
            return;
        }
        Set<String> queues = new TreeSet<>();
        queues.add(declaration.queue().isEmpty() ? QueueNames.DEFAULT : declaration.queue());
        if (!declaration.retryQueue().isEmpty()) {
            queues.add(declaration.retryQueue());
        }
        settings.brokers().forEach((name, broker) -> {
            if (!broker.factory().capabilities().contains(Capability.TRANSACTIONAL_SETTLE)
                    && ((declaration.broker().equals(name) && !mayBeRunByBean(broker))
                            || serves(settings.engine().workers().get(name), queues))) {
                problems.add(message(job, name, broker, queues));
            }
        });
    }

    /** By one of which nothing is known here. */
    private static boolean mayBeRunByBean(ConfiguredBroker broker) {
        return broker.factory().kind().equals("jca");
    }

    private static boolean serves(@Nullable WorkerSettings worker, Set<String> queues) {
        return worker != null && queues.stream().anyMatch(worker.queues()::containsKey);
    }

    private static String message(JobMethod job, String name, ConfiguredBroker broker, Set<String> queues) {
        return JobRules.message(
                "2139",
                job,
                "has transactional=true, but broker '" + name + "' of the kind "
                        + broker.factory().kind() + ", which runs " + queues
                        + ", cannot complete a job in a transaction",
                "give it a queue that only a JDBC broker's worker serves, or, on a broker of the kind jca, a"
                        + " TransactionalJobsBean; or remove transactional");
    }
}
