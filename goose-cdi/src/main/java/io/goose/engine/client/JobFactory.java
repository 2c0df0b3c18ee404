package io.goose.engine.client;

import com.github.f4b6a3.uuid.UuidCreator;
import io.goose.EnqueueRejectedException;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.JobReference;
import io.goose.QueueNames;
import io.goose.RetryDelay;
import io.goose.RetryPolicy;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.ArgumentCodec;
import jakarta.json.JsonArray;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes jobs of calls: resolves the name, joins the options, encodes the arguments, checks the size. Thread-safe. */
public final class JobFactory {

    private static final String LIBRARY = "goose-java";

    private final JobCatalogue catalogue;
    private final ArgumentCodec arguments;
    private final InstantSource clock;
    private final Limits limits;
    private final Envelope.Origin origin;
    private final EnvelopeCodec envelopes = new EnvelopeCodec();

    /**
     * The bounds of jobs.
     *
     * @param retryMax retries where nobody says
     * @param maxSize the largest envelope in bytes
     * @param resultRetention how long results are kept where nobody says
     */
    public record Limits(int retryMax, int maxSize, Duration resultRetention) {}

    public JobFactory(
            JobCatalogue catalogue, ArgumentCodec arguments, InstantSource clock, Limits limits, String host) {
        this.catalogue = catalogue;
        this.arguments = arguments;
        this.clock = clock;
        this.limits = limits;
        String version = JobFactory.class.getPackage().getImplementationVersion();
        this.origin = new Envelope.Origin(LIBRARY, version == null ? "dev" : version, host);
    }

    /** What the jobs say of where they were made. */
    public Envelope.Origin origin() {
        return origin;
    }

    /** What a call's annotation says, for the options that the call does not set. */
    JobOptions declared(JobCall call) {
        return declared(call, catalogue.resolve(call));
    }

    private static JobOptions declared(JobCall call, @Nullable JobDefinition definition) {
        if (definition != null) {
            return definition.settings().options();
        }
        JobReference reference = call.reference();
        if (reference == null) {
            return JobOptions.NONE;
        }
        JobOptions visible = reference.declared();
        if (visible == null) {
            throw reference.notAJob();
        }
        return visible;
    }

    /**
     * Makes a job.
     *
     * @param given the call's options; what they leave unset the call's annotation decides
     * @param runAt when to run it; null for at once
     * @throws EnqueueRejectedException if it cannot be made
     * @throws IllegalArgumentException if the call refers to a method that is no job
     */
    QueuedJob job(JobCall call, JobOptions given, @Nullable Instant runAt) {
        return job(call, given, runAt, null);
    }

    /**
     * The same for a member of a batch, if it is one.
     *
     * @param batch its place there
     */
    QueuedJob job(JobCall call, JobOptions given, @Nullable Instant runAt, Envelope.@Nullable Batch batch) {
        JobDefinition definition = catalogue.resolve(call);
        JobOptions options = given.or(declared(call, definition));
        JobId id = options.id().orElseGet(() -> JobId.of(UuidCreator.getTimeOrderedEpochFast()));
        String handler = definition == null ? call.handler() : definition.name();
        String queue = options.queue().orElse(QueueNames.DEFAULT);
        catalogue.checkQueue(handler, queue, id);
        boolean front = options.front() || runAt != null;
        Instant now = clock.instant();
        Instant deadline = deadline(options, now, runAt);
        JsonArray args = encode(call, definition, id);
        Envelope envelope = Envelope.builder(id, handler, queue, args, now)
                .encoding(arguments.name())
                .lane(options.front() ? Lane.FRONT : Lane.BACK)
                .key(key(call, options, id))
                .tags(options.tags())
                .headers(options.headers())
                .runAt(runAt)
                .batch(batch)
                .deadline(deadline)
                .timeout(options.timeout().orElse(null))
                .retry(retry(options.retry()))
                .unique(options.unique()
                        .map(unique -> UniqueKeys.of(unique, handler, args, now, runAt == null ? now : runAt))
                        .orElse(null))
                .result(options.keepResult().map(this::kept).orElse(null))
                .origin(origin)
                .build();
        EncodedEnvelope encoded = encode(envelope);
        if (encoded.size() > limits.maxSize()) {
            throw new EnqueueRejectedException(
                    "GOOSE-1013",
                    id,
                    "cannot enqueue job " + id + " (" + handler + ") to queue '" + queue + "': its envelope has "
                            + encoded.size() + " bytes, goose.job.max-size=" + limits.maxSize()
                            + "; pass less, for example the key of a stored document, or raise the limit",
                    null);
        }
        DeliveryState state =
                front ? DeliveryState.FRESH.withLane(Lane.FRONT).withNotBefore(runAt) : DeliveryState.FRESH;
        UniqueKey unique = UniqueKey.of(envelope).orElse(null);
        return new QueuedJob(queue, id, encoded, state, options.id().isPresent(), unique);
    }

    private Envelope.Result kept(Duration time) {
        return new Envelope.Result(time.isZero() ? limits.resultRetention() : time);
    }

    private static @Nullable String key(JobCall call, JobOptions options, JobId id) {
        try {
            return options.key(call.arguments()).orElse(null);
        } catch (IllegalArgumentException wrong) {
            throw new EnqueueRejectedException(
                    "GOOSE-4143", id, "cannot enqueue " + call.handler() + ": " + wrong.getMessage(), wrong);
        }
    }

    private static @Nullable Instant deadline(JobOptions options, Instant now, @Nullable Instant runAt) {
        Instant deadline = options.deadline(now).orElse(null);
        if (deadline != null && runAt != null && !deadline.isAfter(runAt)) {
            throw new IllegalArgumentException("GOOSE-4129: a job for " + runAt + " cannot have the deadline "
                    + deadline + ": it would never be begun; leave the deadline out, or set it to a later time");
        }
        return deadline;
    }

    private EncodedEnvelope encode(Envelope envelope) {
        try {
            return envelopes.encode(envelope);
        } catch (IllegalArgumentException unfit) { // a time out of range, or arguments that are nested too deep
            throw new EnqueueRejectedException(
                    "GOOSE-1018",
                    envelope.id(),
                    "cannot enqueue job " + envelope.id() + " (" + envelope.handler() + "): " + unfit.getMessage(),
                    unfit);
        }
    }

    private JsonArray encode(JobCall call, @Nullable JobDefinition definition, JobId id) {
        if (definition != null
                && definition.parameters().size() != call.arguments().size()) {
            throw new EnqueueRejectedException(
                    "GOOSE-1011",
                    id,
                    "cannot enqueue " + definition.where() + " with "
                            + call.arguments().size()
                            + " arguments: it has " + definition.parameters().size()
                            + " parameters; pass one argument for each",
                    null);
        }
        try {
            return arguments.encode(call.arguments(), definition == null ? List.of() : definition.parameters());
        } catch (IllegalArgumentException unfit) {
            throw new EnqueueRejectedException(
                    "GOOSE-1012",
                    id,
                    "cannot encode the arguments of " + call.handler() + ": " + unfit.getMessage(),
                    unfit);
        }
    }

    private Envelope.Retry retry(RetryPolicy policy) {
        return new Envelope.Retry(
                policy.max().orElse(limits.retryMax()),
                policy.queue().orElse(null),
                policy.skipDead().orElse(false),
                policy.delay()
                        .filter(delay -> !(delay instanceof RetryDelay.Standard))
                        .map(RetryDelay::text)
                        .orElse(null));
    }

    /** When a delay from now is over. */
    static Instant later(Instant now, Duration delay) {
        try {
            return now.plus(delay);
        } catch (DateTimeException | ArithmeticException beyond) {
            throw new IllegalArgumentException(
                    "GOOSE-1009: a job cannot be enqueued to run in " + delay + ": there is no such time", beyond);
        }
    }
}
