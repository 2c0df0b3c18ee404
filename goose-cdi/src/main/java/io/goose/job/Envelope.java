package io.goose.job;

import jakarta.json.JsonArray;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job's invocation as data: what to run, with which arguments, and how. Written once at enqueue, never changed.
 *
 * <p>Immutable. The wire form is in {@code docs/wire-format.md}; {@link EnvelopeCodec} reads and writes it. Instants
 * have millisecond resolution.
 *
 * @since 0.1
 */
public final class Envelope {

    /** The major version of the wire format that this library writes and the highest that it reads. */
    public static final int VERSION = 1;

    /** The encoding of arguments unless another codec is configured. */
    public static final String DEFAULT_ENCODING = "json";

    /**
     * How a failing job is retried.
     *
     * @param max retries after the first run, at least 0
     * @param queue the queue that retries go to; null for the job's own
     * @param skipDead whether the job is dropped instead of buried after its last retry
     * @param policy the delay policy as text; null for the standard one
     */
    public record Retry(
            int max,
            @Nullable String queue,
            boolean skipDead,
            @Nullable String policy) {}

    /**
     * Who wrote the envelope.
     *
     * @param lib the name of the producer's library
     * @param version its version
     * @param host the producer's host
     */
    public record Origin(String lib, String version, String host) {}

    /**
     * The tick of a recurring job.
     *
     * @param name the entry's
     * @param tick the time that the schedule gives, without jitter
     */
    public record Cron(String name, Instant tick) {}

    /**
     * The place of the job in a batch.
     *
     * @param id the batch's
     * @param index which member it is, at least 0
     */
    public record Batch(JobId id, int index) {}

    /**
     * The key that no second job of the queue may have, and how long.
     *
     * @param key what makes jobs the same, not empty
     * @param scope how long the job holds the key
     * @param until when the key becomes free; there with {@link Scope#UNTIL}, else null
     * @param onConflict what a job becomes whose key is held by another
     */
    public record Unique(String key, Scope scope, @Nullable Instant until, OnConflict onConflict) {

        /** How long a job holds its key. In the envelope by its name in lower case, as is {@link OnConflict}. */
        public enum Scope {
            /** While it waits to be run, first or again; not while it runs. */
            WAITING,
            /** Until it has ended, its retries included. */
            RUNNING,
            /** Until a time, whatever becomes of the job. */
            UNTIL
        }

        /** What becomes of a job whose key is held by another. */
        public enum OnConflict {
            /** It is not enqueued. */
            KEEP,
            /** It is run in the place and under the id of the other one, if that waits. */
            REPLACE,
            /** The same, and if the other one is scheduled it is put off to the time of this one. */
            DEBOUNCE
        }
    }

    /**
     * What is kept of the job when it has ended.
     *
     * @param keep how long its result can be asked for
     */
    public record Result(Duration keep) {}

    private final Builder values;
    private final List<String> tags;
    private final Map<String, String> headers;

    private Envelope(Builder values) {
        this.values = values;
        this.tags = List.copyOf(values.tags);
        this.headers = Map.copyOf(values.headers);
    }

    public static Builder builder(JobId id, String handler, String queue, JsonArray args, Instant enqueuedAt) {
        return new Builder(id, handler, queue, args, enqueuedAt);
    }

    public JobId id() {
        return values.id;
    }

    public String handler() {
        return values.handler;
    }

    public Optional<String> handlerVersion() {
        return Optional.ofNullable(values.handlerVersion);
    }

    public JsonArray args() {
        return values.args;
    }

    /** The name of the codec that wrote the arguments. */
    public String encoding() {
        return values.encoding;
    }

    /** The queue chosen at enqueue. */
    public String queue() {
        return values.queue;
    }

    /** The lane wished for at enqueue; the broker's record has the present one. */
    public Lane lane() {
        return values.lane;
    }

    /** What limits and fairness go by. */
    public Optional<String> key() {
        return Optional.ofNullable(values.key);
    }

    public List<String> tags() {
        return tags;
    }

    public Instant enqueuedAt() {
        return values.enqueuedAt;
    }

    /** The time a scheduled job was asked for. */
    public Optional<Instant> runAt() {
        return Optional.ofNullable(values.runAt);
    }

    /** After this time the job is not worth starting. */
    public Optional<Instant> deadline() {
        return Optional.ofNullable(values.deadline);
    }

    /** How long one run may take. */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(values.timeout);
    }

    public Optional<Retry> retry() {
        return Optional.ofNullable(values.retry);
    }

    /** The entry and the tick that the job is for, if it is that of a recurring one. */
    public Optional<Cron> cron() {
        return Optional.ofNullable(values.cron);
    }

    /** The batch that the job is a member of. */
    public Optional<Batch> batch() {
        return Optional.ofNullable(values.batch);
    }

    /** The key that no other job may have. */
    public Optional<Unique> unique() {
        return Optional.ofNullable(values.unique);
    }

    /** Whether and how long the result is kept. */
    public Optional<Result> result() {
        return Optional.ofNullable(values.result);
    }

    /** The job that caused this one. */
    public Optional<JobId> parent() {
        return Optional.ofNullable(values.parent);
    }

    public Optional<Origin> origin() {
        return Optional.ofNullable(values.origin);
    }

    public Map<String, String> headers() {
        return headers;
    }

    @Override
    public String toString() {
        return "Envelope[" + values.id + " " + values.handler + " on " + values.queue + "]";
    }

    /** Collects the parts of an envelope. Not thread-safe; {@link #build()} may be called once. */
    public static final class Builder {
        private final JobId id;
        private final String handler;
        private final String queue;
        private final JsonArray args;
        private final Instant enqueuedAt;
        private @Nullable String handlerVersion;
        private String encoding = DEFAULT_ENCODING;
        private Lane lane = Lane.BACK;
        private @Nullable String key;
        private List<String> tags = List.of();
        private @Nullable Instant runAt;
        private @Nullable Instant deadline;
        private @Nullable Duration timeout;
        private @Nullable Retry retry;
        private @Nullable Cron cron;
        private @Nullable Batch batch;
        private @Nullable Unique unique;
        private @Nullable Result result;
        private @Nullable JobId parent;
        private @Nullable Origin origin;
        private Map<String, String> headers = Map.of();

        private Builder(JobId id, String handler, String queue, JsonArray args, Instant enqueuedAt) {
            this.id = Objects.requireNonNull(id, "id");
            this.handler = Objects.requireNonNull(handler, "handler");
            this.queue = Objects.requireNonNull(queue, "queue");
            this.args = Objects.requireNonNull(args, "args");
            this.enqueuedAt = Objects.requireNonNull(enqueuedAt, "enqueuedAt");
        }

        public Builder handlerVersion(@Nullable String value) {
            handlerVersion = value;
            return this;
        }

        public Builder encoding(String value) {
            encoding = Objects.requireNonNull(value, "encoding");
            return this;
        }

        public Builder lane(Lane value) {
            lane = Objects.requireNonNull(value, "lane");
            return this;
        }

        public Builder key(@Nullable String value) {
            key = value;
            return this;
        }

        public Builder tags(List<String> value) {
            tags = Objects.requireNonNull(value, "tags");
            return this;
        }

        public Builder runAt(@Nullable Instant value) {
            runAt = value;
            return this;
        }

        public Builder deadline(@Nullable Instant value) {
            deadline = value;
            return this;
        }

        public Builder timeout(@Nullable Duration value) {
            timeout = value;
            return this;
        }

        public Builder retry(@Nullable Retry value) {
            retry = value;
            return this;
        }

        public Builder cron(@Nullable Cron value) {
            cron = value;
            return this;
        }

        public Builder batch(@Nullable Batch value) {
            batch = value;
            return this;
        }

        public Builder unique(@Nullable Unique value) {
            unique = value;
            return this;
        }

        public Builder result(@Nullable Result value) {
            result = value;
            return this;
        }

        public Builder parent(@Nullable JobId value) {
            parent = value;
            return this;
        }

        public Builder origin(@Nullable Origin value) {
            origin = value;
            return this;
        }

        public Builder headers(Map<String, String> value) {
            headers = Objects.requireNonNull(value, "headers");
            return this;
        }

        public Envelope build() {
            return new Envelope(this);
        }
    }
}
