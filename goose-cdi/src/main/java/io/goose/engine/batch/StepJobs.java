package io.goose.engine.batch;

import io.goose.job.BatchId;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import jakarta.json.JsonArray;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Makes the jobs of steps of their templates. Thread-safe. */
record StepJobs(InstantSource clock, EnvelopeCodec codec) {

    /** The job in this place of a workflow. */
    QueuedJob job(BatchId workflow, int place, Envelope template, JsonArray args, Map<String, String> headers) {
        Instant now = clock.instant();
        BatchId batch = WorkflowPlan.batch(workflow, place);
        JobId id = batch.member(0);
        Envelope envelope = Envelope.builder(id, template.handler(), template.queue(), args, now)
                .handlerVersion(template.handlerVersion().orElse(null))
                .encoding(template.encoding())
                .lane(template.lane())
                .key(template.key().orElse(null))
                .tags(template.tags())
                .deadline(template.deadline()
                        .map(end -> now.plus(Duration.between(template.enqueuedAt(), end)))
                        .orElse(null))
                .timeout(template.timeout().orElse(null))
                .retry(template.retry().orElse(null))
                .batch(new Envelope.Batch(batch.asJobId(), 0))
                .result(template.result().orElse(null))
                .parent(workflow.asJobId())
                .origin(template.origin().orElse(null))
                .headers(headers)
                .build();
        EncodedEnvelope encoded = codec.encode(envelope);
        return new QueuedJob(template.queue(), id, encoded, DeliveryState.FRESH.withLane(template.lane()), false);
    }

    /** Where such a job can be. */
    static Set<String> queues(Envelope template) {
        Set<String> queues = new LinkedHashSet<>();
        queues.add(template.queue());
        template.retry().map(Envelope.Retry::queue).ifPresent(queues::add);
        return queues;
    }
}
