package io.goose.engine.handler;

import io.goose.AsyncJob;
import io.goose.Job;
import java.lang.annotation.Annotation;
import java.util.List;

/**
 * The members of a {@link Job} or {@link AsyncJob} as they are written, so that each that is wrong can be named.
 *
 * @param annotation {@code @Job} or {@code @AsyncJob}, for messages
 */
public record JobMembers(
        String annotation,
        boolean async,
        String name,
        List<String> aliases,
        String queue,
        int maxRetries,
        String retryQueue,
        String retryDelay,
        String broker) {

    static JobMembers of(Annotation annotation) {
        if (annotation instanceof AsyncJob job) {
            return new JobMembers(
                    "@AsyncJob",
                    true,
                    job.name(),
                    List.of(job.aliases()),
                    job.queue(),
                    job.maxRetries(),
                    job.retryQueue(),
                    job.retryDelay(),
                    job.broker());
        }
        Job job = (Job) annotation;
        return new JobMembers(
                "@Job",
                false,
                job.name(),
                List.of(job.aliases()),
                job.queue(),
                job.maxRetries(),
                job.retryQueue(),
                job.retryDelay(),
                "");
    }
}
