package io.goose;

import io.goose.job.BatchId;
import io.goose.job.BatchState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a batch is made: {@code BatchOptions.builder().onComplete(Digest::done).linger(Duration.ofHours(1)).build()}. Immutable, and so
 * thread-safe.
 *
 * @since 0.1
 */
public final class BatchOptions {

    /** No callbacks, and the defaults. */
    public static final BatchOptions NONE = builder().build();

    private static final Duration LONGEST = Duration.ofDays(3650);

    private final @Nullable BatchId id;
    private final @Nullable String queue;
    private final Duration linger;
    private final @Nullable Duration runIn;
    private final @Nullable Instant runAt;
    private final Map<Occasion, BiFunction<BatchId, BatchState, JobCall>> callbacks;

    /** When a callback is enqueued. */
    public enum Occasion {
        /** When all jobs have ended, however. */
        COMPLETE(0),
        /** When all have succeeded. */
        SUCCESS(1),
        /** When all have ended and some of them are dead or, while others have succeeded, were removed. */
        DEAD(2);

        private final int number;

        Occasion(int number) {
            this.number = number;
        }

        /** The number of its callback, from which the id of the job is made; see {@link BatchId#callback}. */
        public int number() {
            return number;
        }

        /** Whether it is in this state of a batch. */
        public boolean is(BatchState state) {
            return switch (this) {
                case COMPLETE -> state != BatchState.IN_PROGRESS;
                case SUCCESS -> state == BatchState.SUCCESS;
                case DEAD -> state == BatchState.DEAD || state == BatchState.PARTIAL_SUCCESS;
            };
        }
    }

    private final List<Inner> inner;

    /**
     * A batch in a batch.
     *
     * @param options how it is made
     * @param calls its jobs
     */
    public record Inner(BatchOptions options, Iterable<JobCall> calls) {
        public Inner {
            Objects.requireNonNull(options, "options");
            Objects.requireNonNull(calls, "calls");
        }
    }

    private BatchOptions(Builder builder) {
        this.inner = List.copyOf(builder.inner);
        this.id = builder.id;
        this.queue = builder.queue;
        this.linger = builder.linger;
        this.runIn = builder.runIn;
        this.runAt = builder.runAt;
        this.callbacks = Map.copyOf(builder.callbacks);
    }

    /** A builder with nothing set. */
    public static Builder builder() {
        return new Builder();
    }

    /** The id that the caller chose; empty for a fresh one. */
    public Optional<BatchId> id() {
        return Optional.ofNullable(id);
    }

    /** The queue of the callbacks; empty if unset. */
    public Optional<String> queue() {
        return Optional.ofNullable(queue);
    }

    /** How long the batch is kept after its completion. */
    public Duration linger() {
        return linger;
    }

    /**
     * When the jobs are to run; empty for at once.
     *
     * @param now from when on it counts if it was given as a duration
     */
    public Optional<Instant> runAt(Instant now) {
        return runIn != null ? Optional.of(now.plus(runIn)) : Optional.ofNullable(runAt);
    }

    /** What is called on an occasion, in a state of the batch; empty for nothing. */
    public Optional<JobCall> callback(Occasion occasion, BatchId batch, BatchState state) {
        return Optional.ofNullable(callbacks.get(occasion)).map(call -> call.apply(batch, state));
    }

    /** The batches in it, in the order in which they were added. */
    public List<Inner> inner() {
        return inner;
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private @Nullable BatchId id;
        private @Nullable String queue;
        private Duration linger = Duration.ofHours(1);
        private @Nullable Duration runIn;
        private @Nullable Instant runAt;
        private final Map<Occasion, BiFunction<BatchId, BatchState, JobCall>> callbacks = new EnumMap<>(Occasion.class);

        private final List<Inner> inner = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a batch that counts as one job of this one, see {@link Batch#addBatch}. Unless it has an id, its id follows from that of
         * this one.
         *
         * @param calls its jobs, read when this batch is made
         */
        public Builder batch(BatchOptions options, Iterable<JobCall> calls) {
            inner.add(new Inner(options, calls));
            return this;
        }

        /** The same: {@code b.batch(i -> i.onComplete(Digest::done), calls)}. */
        public Builder batch(UnaryOperator<Builder> options, Iterable<JobCall> calls) {
            return batch(options.apply(builder()).build(), calls);
        }

        /**
         * The id of the batch. A making that failed half-way can be repeated with the same calls only if its id was given with the first
         * one already: what was added is not added again. Default: a fresh one.
         */
        public Builder id(BatchId value) {
            id = Objects.requireNonNull(value, "id");
            return this;
        }

        /** The queue of the callbacks. Default: that of the client's options, else that of the first callback's annotation. */
        public Builder queue(String value) {
            queue = QueueNames.check(value);
            return this;
        }

        /** How long the batch is kept after its completion, zero to forget it at once. Default: an hour. */
        public Builder linger(Duration value) {
            if (value.isNegative() || value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("GOOSE-2254: a batch lingers from 0 to 3650 days, not " + value);
            }
            linger = value;
            return this;
        }

        /**
         * Schedules the jobs for later, counted from the call; replaces {@link #runAt}. Zero or negative is at once. Jobs that are added
         * later, and batches in this one, run at once or when their own options say. Default: at once.
         */
        public Builder runIn(Duration value) {
            runIn = Objects.requireNonNull(value, "runIn");
            runAt = null;
            return this;
        }

        /**
         * Schedules the jobs for a time, by the broker's clock; replaces {@link #runIn}. A time that is over is at once. Jobs that are
         * added later, and batches in this one, run at once or when their own options say. Default: at once.
         */
        public Builder runAt(Instant value) {
            runAt = Objects.requireNonNull(value, "runAt");
            runIn = null;
            return this;
        }

        /**
         * The job that is enqueued once all jobs of the batch have ended. It is called with the id of the batch and what it has come to:
         * {@code success}, {@code dead}, {@code partial-success} or {@code cancelled}.
         */
        public <T> Builder onComplete(JobRef2<T, String, String> job) {
            return told(Occasion.COMPLETE, job);
        }

        /** The same for any call, which is made as it is. */
        public Builder onComplete(JobCall call) {
            return fixed(Occasion.COMPLETE, call);
        }

        /** The same for the job with this name, which is called as with {@link #onComplete(JobRef2)}. */
        public Builder onComplete(String job) {
            return named(Occasion.COMPLETE, job);
        }

        /** The job that is enqueued once all jobs of the batch have succeeded; called as with {@link #onComplete(JobRef2)}. */
        public <T> Builder onSuccess(JobRef2<T, String, String> job) {
            return told(Occasion.SUCCESS, job);
        }

        /** The same for any call, which is made as it is. */
        public Builder onSuccess(JobCall call) {
            return fixed(Occasion.SUCCESS, call);
        }

        /** The same for the job with this name, which is called as with {@link #onSuccess(JobRef2)}. */
        public Builder onSuccess(String job) {
            return named(Occasion.SUCCESS, job);
        }

        /**
         * The job that is enqueued once all jobs of the batch have ended and not all have succeeded, unless it was cancelled; called as
         * with {@link #onComplete(JobRef2)}.
         */
        public <T> Builder onDead(JobRef2<T, String, String> job) {
            return told(Occasion.DEAD, job);
        }

        /** The same for any call, which is made as it is. */
        public Builder onDead(JobCall call) {
            return fixed(Occasion.DEAD, call);
        }

        /** The same for the job with this name, which is called as with {@link #onDead(JobRef2)}. */
        public Builder onDead(String job) {
            return named(Occasion.DEAD, job);
        }

        private <T> Builder told(Occasion occasion, JobRef2<T, String, String> job) {
            JobCall.of(job, "", ""); // a reference that is none is refused here
            callbacks.put(occasion, (batch, state) -> JobCall.of(job, batch.value(), state.text()));
            return this;
        }

        private Builder named(Occasion occasion, String job) {
            JobCall.of(job); // a name that is none is refused here
            callbacks.put(occasion, (batch, state) -> JobCall.of(job, batch.value(), state.text()));
            return this;
        }

        private Builder fixed(Occasion occasion, JobCall call) {
            Objects.requireNonNull(call, "call");
            callbacks.put(occasion, (batch, state) -> call);
            return this;
        }

        /** The options as they are now. */
        public BatchOptions build() {
            return new BatchOptions(this);
        }
    }
}
