package io.goose.engine.batch;

import io.goose.job.BatchId;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.UndecodableEnvelopeException;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done when a step has failed, in the form that the wire format describes: as much of the workflow as that needs, for the
 * batch of each step has it. Immutable.
 *
 * @param queue where the jobs are that begin steps
 * @param place the place of the batch by which the failure is noted
 * @param job a template of what is enqueued then; null for nothing
 * @param args its arguments
 */
record StepFailure(
        BatchId workflow,
        String queue,
        Duration keep,
        int place,
        @Nullable Envelope job,
        JsonArray args) {

    static StepFailure of(WorkflowPlan plan, int step) {
        Envelope job = plan.failure();
        JsonArray args = JsonArray.EMPTY_JSON_ARRAY;
        if (job != null) {
            args = plan.told()
                    ? Json.createArrayBuilder()
                            .add(plan.id().value())
                            .add(plan.steps().get(step).name())
                            .build()
                    : job.args();
        }
        return new StepFailure(plan.id(), plan.queue(), plan.keep(), plan.failureStep(), job, args);
    }

    String encode(EnvelopeCodec codec) {
        JsonObjectBuilder text = Json.createObjectBuilder()
                .add("v", 1)
                .add("id", workflow.value())
                .add("queue", queue)
                .add("keep", keep.toMillis())
                .add("place", place);
        if (job != null) {
            text.add("job", WorkflowPlan.json(job, codec)).add("args", args);
        }
        return text.build().toString();
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is something else, or of a later version
     */
    static StepFailure decode(String text, EnvelopeCodec codec) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            JsonObject note = reader.readObject();
            WorkflowPlan.checkVersion(note);
            JsonObject job = note.getJsonObject("job");
            return new StepFailure(
                    BatchId.of(note.getString("id")),
                    note.getString("queue"),
                    Duration.ofMillis(note.getJsonNumber("keep").longValueExact()),
                    note.getInt("place"),
                    job == null ? null : WorkflowPlan.envelope(job, codec),
                    job == null ? JsonArray.EMPTY_JSON_ARRAY : note.getJsonArray("args"));
        } catch (JsonException | ClassCastException | NullPointerException | UndecodableEnvelopeException bad) {
            throw WorkflowPlan.unreadable(bad);
        }
    }
}
