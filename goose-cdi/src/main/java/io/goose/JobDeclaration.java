package io.goose;

import java.lang.annotation.Annotation;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The members of a {@link Job} or {@link AsyncJob} as they are written, so that each that is wrong can be named. Immutable.
 *
 * @param name the job's name; empty for {@code fully.qualified.Class#method}
 * @param aliases former names
 * @param queue empty for unset
 * @param maxRetries -1 for unset
 * @param retryQueue empty for unset
 * @param retryDelay empty for unset
 * @param skipDead false for unset
 * @param timeout empty for unset
 * @param key empty for unset
 * @param keepResult empty for unset
 * @param noRetryOn failures that are not retried
 * @param transactional whether the body runs in a transaction that completes the job
 * @param broker the broker that calls of an {@link AsyncJob} enqueue on; empty for the default one
 * @param async whether calling the method enqueues it
 * @param unique what makes its jobs unique; null if they are not
 * @since 0.1
 */
public record JobDeclaration(
        String name,
        List<String> aliases,
        String queue,
        int maxRetries,
        String retryQueue,
        String retryDelay,
        boolean skipDead,
        String timeout,
        String key,
        String keepResult,
        List<Class<? extends Throwable>> noRetryOn,
        boolean transactional,
        String broker,
        boolean async,
        @Nullable UniqueJob unique) {

    public JobDeclaration {
        aliases = List.copyOf(aliases);
        noRetryOn = List.copyOf(noRetryOn);
    }

    /** The first declaration among the annotations of a method. */
    public static Optional<JobDeclaration> in(Iterable<? extends Annotation> annotations) {
        UniqueJob unique = null;
        for (Annotation annotation : annotations) {
            if (annotation instanceof UniqueJob found) {
                unique = found;
            }
        }
        for (Annotation annotation : annotations) {
            if (annotation instanceof Job job) {
                return Optional.of(of(job, unique));
            }
            if (annotation instanceof AsyncJob job) {
                return Optional.of(of(job, unique));
            }
        }
        return Optional.empty();
    }

    private static JobDeclaration of(Job job, @Nullable UniqueJob unique) {
        return new JobDeclaration(
                job.name(),
                List.of(job.aliases()),
                job.queue(),
                job.maxRetries(),
                job.retryQueue(),
                job.retryDelay(),
                job.skipDead(),
                job.timeout(),
                job.key(),
                job.keepResult(),
                List.of(job.noRetryOn()),
                job.transactional(),
                "",
                false,
                unique);
    }

    private static JobDeclaration of(AsyncJob job, @Nullable UniqueJob unique) {
        return new JobDeclaration(
                job.name(),
                List.of(job.aliases()),
                job.queue(),
                job.maxRetries(),
                job.retryQueue(),
                job.retryDelay(),
                job.skipDead(),
                job.timeout(),
                job.key(),
                job.keepResult(),
                List.of(job.noRetryOn()),
                job.transactional(),
                job.broker(),
                true,
                unique);
    }

    /**
     * Where a declaration for {@code type} may stand, nearest first: the class, its superclasses, then the interfaces of all
     * of them; without Object.
     */
    public static List<Class<?>> searchOrder(Class<?> type) {
        List<Class<?>> order = new ArrayList<>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            order.add(c);
        }
        for (int i = 0; i < order.size(); i++) {
            for (Class<?> above : order.get(i).getInterfaces()) {
                if (!order.contains(above)) {
                    order.add(above);
                }
            }
        }
        return order;
    }

    /** The annotation in the form in which it is written. */
    public String annotation() {
        return async ? "@AsyncJob" : "@Job";
    }

    private static Duration parsed(String duration) {
        try {
            return Duration.parse(duration);
        } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException(
                    "GOOSE-4128: '" + duration + "' is no duration; write it in ISO-8601, for" + " example PT5M",
                    wrong);
        }
    }

    private static Unique parsed(UniqueJob unique) {
        Unique parsed =
                unique.lasting().isEmpty() ? Unique.of(unique.scope()) : Unique.lasting(parsed(unique.lasting()));
        if (unique.byHandler() && unique.arguments().length > 0) {
            throw new IllegalArgumentException(
                    "GOOSE-2276: @UniqueJob has byHandler, which compares no arguments, and arguments; leave one of"
                            + " them out");
        }
        if (unique.byHandler() || unique.arguments().length > 0) {
            parsed = parsed.byArguments(unique.arguments());
        }
        if (!unique.per().isEmpty()) {
            parsed = parsed.per(parsed(unique.per()));
        }
        return parsed.onConflict(unique.onConflict());
    }

    /**
     * How many arguments the key is made of; 0 if there is none.
     *
     * @throws IllegalArgumentException if it cannot be
     */
    public int keyArguments() {
        return key.isEmpty() ? 0 : KeyTemplate.of(key).arguments();
    }

    /**
     * Queue, timeout, key, retry settings and what makes the jobs unique.
     *
     * @throws IllegalArgumentException if a member has a value that is not allowed; the message says which and why
     */
    public JobOptions options() {
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
        if (!timeout.isEmpty()) {
            options.timeout(parsed(timeout));
        }
        if (!keepResult.isEmpty()) {
            keep(options);
        }
        if (unique != null) {
            options.unique(parsed(unique));
        }
        if (!key.isEmpty()) {
            options.keyTemplate(key);
        }
        return options.build();
    }

    private void keep(JobOptions.Builder options) {
        if (keepResult.equals("default")) {
            options.keepResult();
        } else {
            options.keepResult(parsed(keepResult));
        }
    }
}
