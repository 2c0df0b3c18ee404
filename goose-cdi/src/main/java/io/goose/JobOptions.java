package io.goose;

import io.goose.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a job is enqueued and retried, as far as the caller says so. What is unset is decided by the nearest {@link Job}
 * annotation, then the configuration, then the built-in default.
 *
 * <p>Immutable, so thread-safe.
 *
 * @since 0.1
 */
public final class JobOptions {

    private static final Duration LONGEST = Duration.ofDays(3650);

    /** Nothing is set. */
    public static final JobOptions NONE = builder().build();

    private final @Nullable JobId id;
    private final @Nullable String queue;
    private final RetryPolicy retry;
    private final boolean front;
    private final @Nullable Duration timeout;
    private final @Nullable Instant deadline;
    private final @Nullable Duration deadlineIn;
    private final @Nullable Unique unique;
    private final @Nullable String key;
    private final @Nullable String keyTemplate;
    private final @Nullable Duration keepResult;
    private final List<String> tags;
    private final Map<String, String> headers;

    private JobOptions(Builder builder) {
        id = builder.id;
        queue = builder.queue;
        retry = builder.retry;
        front = builder.front;
        timeout = builder.timeout;
        deadline = builder.deadline;
        deadlineIn = builder.deadlineIn;
        unique = builder.unique;
        key = builder.key;
        keyTemplate = builder.keyTemplate;
        keepResult = builder.keepResult;
        tags = List.copyOf(builder.tags);
        headers = Map.copyOf(builder.headers);
    }

    /** Options of which nothing is set yet. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * These options where they are set, else those of {@code other}. Tags are joined, those of {@code other} first; headers
     * are joined, and of two with one name that of these options is taken.
     */
    public JobOptions or(JobOptions other) {
        if (this == NONE || other == NONE) {
            return this == NONE ? other : this;
        }
        Builder merged = builder();
        merged.id = id != null ? id : other.id;
        merged.queue = queue != null ? queue : other.queue;
        merged.retry = retry.or(other.retry);
        merged.front = front || other.front;
        merged.timeout = timeout != null ? timeout : other.timeout;
        boolean own = deadline != null || deadlineIn != null;
        merged.deadline = own ? deadline : other.deadline;
        merged.deadlineIn = own ? deadlineIn : other.deadlineIn;
        merged.unique = unique != null ? unique : other.unique;
        merged.key = key != null ? key : other.key;
        merged.keyTemplate = keyTemplate != null ? keyTemplate : other.keyTemplate;
        merged.keepResult = keepResult != null ? keepResult : other.keepResult;
        merged.tags.addAll(other.tags);
        merged.tags.addAll(tags);
        merged.headers.putAll(other.headers);
        merged.headers.putAll(headers);
        return merged.build();
    }

    /** The id that the caller chose; empty for a fresh one. */
    public Optional<JobId> id() {
        return Optional.ofNullable(id);
    }

    /** The queue; empty if unset. */
    public Optional<String> queue() {
        return Optional.ofNullable(queue);
    }

    /** The retry settings, each of which may be unset. */
    public RetryPolicy retry() {
        return retry;
    }

    /** Whether the job goes ahead of those at the back of its queue. */
    public boolean front() {
        return front;
    }

    /** How long one run may take; empty if unset. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /**
     * The time after which the job is not begun any more; empty if unset.
     *
     * @param enqueuedAt from when on it counts if it was given as a duration
     */
    public Optional<Instant> deadline(Instant enqueuedAt) {
        return deadlineIn != null ? Optional.of(enqueuedAt.plus(deadlineIn)) : Optional.ofNullable(deadline);
    }

    /** What makes the job the only one of its kind; empty if unset, and if it is not. */
    public Optional<Unique> unique() {
        return Optional.ofNullable(unique);
    }

    /**
     * The key that limits and turns go by; empty if it is unset, or if what an annotation says comes to nothing.
     *
     * @param arguments those of the call, of which an annotation's key may be made
     */
    public Optional<String> key(List<?> arguments) {
        if (key != null || keyTemplate == null) {
            return Optional.ofNullable(key);
        }
        String made = KeyTemplate.of(keyTemplate).resolve(arguments);
        return made.isEmpty() ? Optional.empty() : Optional.of(KeyTemplate.check(made));
    }

    /** How long what became of the job is kept after its end, zero for as long as is configured; empty if unset, and if it is not. */
    public Optional<Duration> keepResult() {
        return Optional.ofNullable(keepResult);
    }

    /** Words for people, in the order in which they were given, each once. */
    public List<String> tags() {
        return tags;
    }

    /** What travels beside the arguments. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private @Nullable JobId id;
        private @Nullable String queue;
        private RetryPolicy retry = RetryPolicy.UNSET;
        private boolean front;
        private @Nullable Duration timeout;
        private @Nullable Instant deadline;
        private @Nullable Duration deadlineIn;
        private @Nullable Unique unique;
        private @Nullable String key;
        private @Nullable String keyTemplate;
        private @Nullable Duration keepResult;
        private final Set<String> tags = new LinkedHashSet<>();
        private final Map<String, String> headers = new LinkedHashMap<>();

        private Builder() {}

        /**
         * The id of the job. An enqueue whose outcome is unknown can be repeated safely only if its id was given with the
         * first call already: {@code goose.with(o -> o.id(JobId.random()))}. The broker then keeps a mark for it for
         * {@code goose.dedupe.retention}. Default: a fresh UUID of version 7, without a mark. Only for a single job.
         */
        public Builder id(JobId value) {
            id = value;
            return this;
        }

        /**
         * The queue. Default: the annotation's, else {@code default}. 1 to 199 characters,
         * no white space, control characters or any of <code>{}*,:</code>.
         */
        public Builder queue(String value) {
            queue = QueueNames.check(value);
            return this;
        }

        /** Retries after the first run, at least 0. Default: the annotation's, else {@code goose.retry.max}. */
        public Builder maxRetries(int value) {
            retry = retry.withMax(value);
            return this;
        }

        /** The queue that retries go to. Default: the job's own. */
        public Builder retryQueue(String value) {
            retry = retry.withQueue(value);
            return this;
        }

        /** The delay before each retry. Default: {@link RetryDelay#standard()}. */
        public Builder retryDelay(RetryDelay value) {
            retry = retry.withDelay(value);
            return this;
        }

        /** Whether the job is dropped instead of buried after its last retry. Default: false. */
        public Builder skipDead(boolean value) {
            retry = retry.withSkipDead(value);
            return this;
        }

        /** All retry settings at once; what the policy leaves unset stays unset. */
        public Builder retry(RetryPolicy value) {
            retry = value.or(retry);
            return this;
        }

        /** Puts the job ahead of those that wait at the back of its queue; this cannot be taken back. Default: the back. */
        public Builder front() {
            front = true;
            return this;
        }

        /**
         * How long one run may take. One that takes longer is interrupted and has failed with a {@link JobTimeoutException}.
         * Default: the annotation's, else {@code goose.job.timeout}, unlimited. Positive, millisecond resolution.
         */
        public Builder timeout(Duration value) {
            timeout = positive("timeout", value);
            return this;
        }

        /**
         * The time by which the job must have been done: it is not begun later, a run under way is interrupted, and it is not
         * retried beyond. By the clocks of the workers. Default: none. Replaces {@link #deadlineIn}.
         */
        public Builder deadline(Instant value) {
            deadline = Objects.requireNonNull(value, "deadline");
            deadlineIn = null;
            return this;
        }

        /** The same, counted from the moment of the enqueue. Positive. Replaces {@link #deadline}. */
        public Builder deadlineIn(Duration value) {
            deadlineIn = positive("deadlineIn", value);
            deadline = null;
            return this;
        }

        /**
         * What the job has in common with others, as a customer's number: jobs with one key are limited together, and take turns
         * with those of other keys, in a queue whose keys are limited. 1 to 300 characters. Default: the annotation's, else none.
         */
        public Builder key(String value) {
            key = KeyTemplate.check(value);
            return this;
        }

        /** A key that is made of the arguments. */
        Builder keyTemplate(String value) {
            keyTemplate = KeyTemplate.of(value).text();
            return this;
        }

        private static Duration positive(String option, Duration value) {
            if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("GOOSE-4128: " + option + " is 1 ms to 3650 days, was " + value);
            }
            return value;
        }

        /**
         * Makes the job the only one of its kind in its queue. Default: what {@link UniqueJob} says, else it is not. Needs a broker
         * that can do that, or the enqueue is refused.
         */
        public Builder unique(Unique value) {
            unique = Objects.requireNonNull(value, "unique");
            return this;
        }

        /**
         * Keeps how the job ended and what its method returned, for {@link GooseClient#status} and {@link GooseClient#await}, for so
         * long after its end. Default: the annotation's, else nothing is kept. From 1 ms to 3650 days, in milliseconds. Needs a
         * broker that can do that, or the enqueue is refused with an {@link UnsupportedCapabilityException}.
         *
         * @throws IllegalArgumentException if it is shorter or longer
         */
        public Builder keepResult(Duration value) {
            keepResult = positive("keepResult", value);
            return this;
        }

        /** The same for as long as {@code goose.result.retention} says, by default an hour. */
        public Builder keepResult() {
            keepResult = Duration.ZERO;
            return this;
        }

        /** Words for people, added to those given before; one that is there already is not added again. Default: none. */
        public Builder tags(String... values) {
            tags.addAll(List.of(values));
            return this;
        }

        /**
         * A header that travels beside the arguments, for middlewares; one of the same name is replaced. Default: none. A
         * name has 1 to 128 characters.
         */
        public Builder header(String name, String value) {
            if (name.isEmpty() || name.length() > 128) {
                throw new IllegalArgumentException("GOOSE-1006: a header name has 1 to 128 characters: '" + name + "'");
            }
            headers.put(name, Objects.requireNonNull(value, () -> "the value of header " + name));
            return this;
        }

        /** The options as they are now. */
        public JobOptions build() {
            return new JobOptions(this);
        }
    }
}
