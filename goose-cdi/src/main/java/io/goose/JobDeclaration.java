package io.goose;

import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link Job} or {@link AsyncJob} annotation says, with defaults read as unset. Immutable.
 *
 * @param name the job's name; empty for {@code fully.qualified.Class#method}
 * @param aliases former names
 * @param options queue and retry settings
 * @param noRetryOn failures that are not retried
 * @param broker the broker that calls of an {@link AsyncJob} enqueue on; empty for the default one
 * @param async whether calling the method enqueues it
 * @since 0.1
 */
public record JobDeclaration(
        String name,
        List<String> aliases,
        JobOptions options,
        List<Class<? extends Throwable>> noRetryOn,
        String broker,
        boolean async) {

    public JobDeclaration {
        aliases = List.copyOf(aliases);
        noRetryOn = List.copyOf(noRetryOn);
    }

    /**
     * Reads the declaration among the annotations of a method.
     *
     * @throws IllegalArgumentException if a member has a value that is not allowed; the message says which and why
     */
    public static Optional<JobDeclaration> in(Iterable<? extends Annotation> annotations) {
        for (Annotation annotation : annotations) {
            if (annotation instanceof Job job) {
                return Optional.of(of(job));
            }
            if (annotation instanceof AsyncJob job) {
                return Optional.of(of(job));
            }
        }
        return Optional.empty();
    }

    private static JobDeclaration of(Job job) {
        return new JobDeclaration(
                job.name(),
                List.of(job.aliases()),
                options(job.queue(), job.maxRetries(), job.retryQueue(), job.retryDelay(), job.skipDead()),
                List.of(job.noRetryOn()),
                "",
                false);
    }

    private static JobDeclaration of(AsyncJob job) {
        return new JobDeclaration(
                job.name(),
                List.of(job.aliases()),
                options(job.queue(), job.maxRetries(), job.retryQueue(), job.retryDelay(), job.skipDead()),
                List.of(job.noRetryOn()),
                job.broker(),
                true);
    }

    private static JobOptions options(
            String queue, int maxRetries, String retryQueue, String retryDelay, boolean skipDead) {
        JobOptions.Builder options = JobOptions.builder();
        if (!queue.isEmpty()) {
            options.queue(queue);
        }
        if (maxRetries != -1) {
            options.maxRetries(maxRetries);
        }
        if (!retryQueue.isEmpty()) {
            options.retryQueue(retryQueue);
        }
        if (!retryDelay.isEmpty()) {
            options.retryDelay(RetryDelay.parse(retryDelay));
        }
        if (skipDead) {
            options.skipDead(true);
        }
        return options.build();
    }
}
