package io.goose.engine;

import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.observe.Observation;
import io.goose.engine.retry.RetryDecision;
import io.goose.engine.run.CurrentRun;
import io.goose.engine.run.InTransaction;
import io.goose.engine.run.JobRunner;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Makes what runs jobs of an engine: by its own workers, or by those of a resource adapter. Thread-safe. */
record Runners(EngineSettings settings, EngineParts parts, Encodings encodings, CurrentRun current) {

    /**
     * @param runnable the jobs that are run
     * @param observation what is told of runs
     * @param unknownPatience how long jobs wait that nobody knows
     * @param transactional what runs transactional jobs; null if nothing does
     */
    JobRunner of(
            JobCatalogue runnable,
            Observation observation,
            Duration unknownPatience,
            @Nullable InTransaction transactional) {
        return new JobRunner(
                runnable,
                encodings.byName(),
                new JobRunner.Surroundings(
                        parts.extensions().middlewares(),
                        parts.extensions().failureHandlers(),
                        parts.host().scope(),
                        current,
                        parts.host().clock(),
                        parts.host().transaction(),
                        observation),
                new RetryDecision(
                        settings.retryMax(), parts.extensions().retryDelays(), bound -> ThreadLocalRandom.current()
                                .nextInt(bound)),
                new JobRunner.Times(unknownPatience, settings.limits().timeout(), settings.logArguments()),
                transactional);
    }
}
