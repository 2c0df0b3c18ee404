package io.goose.tck;

import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Jobs for a broker, which looks at nothing but the id and the record. */
public final class TestJobs {

    private TestJobs() {}

    /** A fresh job with an id of its own. */
    public static QueuedJob job(String queue) {
        JobId id = JobId.of(UUID.randomUUID());
        return new QueuedJob(queue, id, envelope(id, 0), DeliveryState.FRESH);
    }

    /** A fresh job with this id. */
    public static QueuedJob withId(String queue, JobId id) {
        return new QueuedJob(queue, id, envelope(id, 0), DeliveryState.FRESH);
    }

    /** A fresh job that is limited by this key: one with an envelope that can be read, for that is where the key is. */
    public static QueuedJob withKey(String queue, String key) {
        JobId id = JobId.of(UUID.randomUUID());
        Envelope envelope = Envelope.builder(id, "Studio#develop", queue, JsonValue.EMPTY_JSON_ARRAY, Instant.now())
                .key(key)
                .build();
        return new QueuedJob(queue, id, new EnvelopeCodec().encode(envelope), DeliveryState.FRESH);
    }

    /** Several fresh jobs. */
    public static List<QueuedJob> jobs(String queue, int count) {
        return IntStream.range(0, count).mapToObj(i -> job(queue)).toList();
    }

    /** A fresh job whose envelope has about this size. */
    public static QueuedJob jobOfSize(String queue, int bytes) {
        JobId id = JobId.of(UUID.randomUUID());
        return new QueuedJob(queue, id, envelope(id, bytes), DeliveryState.FRESH);
    }

    /** The same job, to be run at {@code time}. */
    public static QueuedJob at(QueuedJob job, Instant time) {
        return job.withState(job.state().withNotBefore(time));
    }

    /** The same job, as one whose id the caller chose. */
    public static QueuedJob marked(QueuedJob job) {
        return new QueuedJob(job.queue(), job.id(), job.envelope(), job.state(), true);
    }

    /** The same job, ahead of those at the back. */
    public static QueuedJob atFront(QueuedJob job) {
        return job.withState(job.state().withLane(Lane.FRONT));
    }

    public static List<JobId> ids(List<QueuedJob> jobs) {
        return jobs.stream().map(QueuedJob::id).toList();
    }

    /** A failure whose text holds what a careless codec trips over. */
    public static Failure failure(String message) {
        return new Failure(
                "java.lang.ArithmeticException", message, "at Täglich.run|3\n\tat \u0000 \"x\" 'y' {z} \\ 🦢\n");
    }

    /** Bytes that are neither JSON nor UTF-8, for brokers must not read them. */
    private static EncodedEnvelope envelope(JobId id, int size) {
        byte[] head = ("{\"id\":\"" + id + "\"").getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[Math.max(size, head.length + 4)];
        System.arraycopy(head, 0, bytes, 0, head.length);
        bytes[head.length] = (byte) 0xFF;
        bytes[head.length + 1] = 0;
        bytes[head.length + 2] = '\r';
        bytes[head.length + 3] = '\n';
        return EncodedEnvelope.wrap(bytes);
    }
}
