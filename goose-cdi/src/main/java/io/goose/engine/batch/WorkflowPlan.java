package io.goose.engine.batch;

import io.goose.job.BatchId;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.UndecodableEnvelopeException;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All of a workflow, in the form that the wire format describes. It travels with the jobs that begin steps. Immutable.
 *
 * @param queue where the jobs are that begin steps
 * @param failure what is enqueued on failure
 * @param told whether that gets the id and the name of a step
 */
record WorkflowPlan(
        BatchId id,
        String queue,
        Duration keep,
        List<Step> steps,
        @Nullable Envelope failure,
        boolean told) {

    private static final long RANDOM = 0x3FFF_FFFFL;
    private static final int LOW_BITS = 32;

    /**
     * A step.
     *
     * @param after the steps before it
     * @param arguments of which steps the results are passed, by place
     * @param job a template of its job
     */
    record Step(String name, Set<Integer> after, Map<Integer, Integer> arguments, Envelope job) {}

    /** The job that begins the workflow. */
    static JobId beginning(BatchId workflow) {
        return workflow.callback(0);
    }

    /** The batch that a step's job is alone in; of the number of steps it is that of what is called on failure. */
    BatchId batch(int step) {
        return batch(id, step);
    }

    /** The batch that a step's job is alone in, of any workflow. */
    static BatchId batch(BatchId id, int step) {
        UUID own = UUID.fromString(id.value());
        long low = own.getLeastSignificantBits();
        long random = (((low >>> LOW_BITS) & RANDOM) + step + 1) & RANDOM;
        long changed = (low & ~(RANDOM << LOW_BITS)) | (random << LOW_BITS);
        return new BatchId(new UUID(own.getMostSignificantBits(), changed).toString());
    }

    int failureStep() {
        return steps.size();
    }

    /** The place of an empty batch that says that the workflow was cancelled. */
    BatchId cancelled() {
        return batch(steps.size() + 1);
    }

    /** The job of a step. */
    JobId job(int step) {
        return batch(step).member(0);
    }

    /** The steps that come after a step; of -1 those that come after none. */
    List<Integer> followers(int step) {
        List<Integer> following = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Set<Integer> after = steps.get(i).after();
            if (step < 0 ? after.isEmpty() : after.contains(step)) {
                following.add(i);
            }
        }
        return following;
    }

    String encode(EnvelopeCodec codec) {
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (Step step : steps) {
            JsonObjectBuilder arguments = Json.createObjectBuilder();
            step.arguments().forEach((place, from) -> arguments.add(String.valueOf(place), from));
            all.add(Json.createObjectBuilder()
                    .add("name", step.name())
                    .add("after", Json.createArrayBuilder(step.after()))
                    .add("results", arguments)
                    .add("job", json(step.job(), codec)));
        }
        JsonObjectBuilder text = Json.createObjectBuilder()
                .add("v", 1)
                .add("id", id.value())
                .add("queue", queue)
                .add("keep", keep.toMillis())
                .add("steps", all);
        if (failure != null) {
            text.add("failure", json(failure, codec)).add("told", told);
        }
        return text.build().toString();
    }

    static JsonObject json(Envelope envelope, EnvelopeCodec codec) {
        try (JsonReader reader =
                Json.createReader(new StringReader(codec.encode(envelope).text()))) {
            return reader.readObject();
        }
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is something else, or of a later version
     */
    static WorkflowPlan decode(String text, EnvelopeCodec codec) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            JsonObject plan = reader.readObject();
            checkVersion(plan);
            List<Step> steps = new ArrayList<>();
            for (JsonObject step : plan.getJsonArray("steps").getValuesAs(JsonObject.class)) {
                Map<Integer, Integer> arguments = new TreeMap<>();
                JsonObject results = step.getJsonObject("results");
                results.keySet().forEach(place -> arguments.put(Integer.valueOf(place), results.getInt(place)));
                Set<Integer> after = new TreeSet<>();
                step.getJsonArray("after")
                        .getValuesAs(JsonNumber.class)
                        .forEach(number -> after.add(number.intValue()));
                steps.add(
                        new Step(step.getString("name"), after, arguments, envelope(step.getJsonObject("job"), codec)));
            }
            JsonObject failure = plan.getJsonObject("failure");
            return new WorkflowPlan(
                    BatchId.of(plan.getString("id")),
                    plan.getString("queue"),
                    Duration.ofMillis(plan.getJsonNumber("keep").longValueExact()),
                    steps,
                    failure == null ? null : envelope(failure, codec),
                    plan.getBoolean("told", false));
        } catch (JsonException | ClassCastException | NullPointerException | UndecodableEnvelopeException bad) {
            throw unreadable(bad);
        }
    }

    static void checkVersion(JsonObject read) {
        if (read.getInt("v") != 1) {
            throw new IllegalArgumentException("GOOSE-2307: a workflow of version " + read.getInt("v")
                    + " cannot be read here; begin its steps where a newer version runs");
        }
    }

    static IllegalArgumentException unreadable(Exception bad) {
        return new IllegalArgumentException("GOOSE-2307: a workflow cannot be read: " + bad.getMessage(), bad);
    }

    static Envelope envelope(JsonObject json, EnvelopeCodec codec) throws UndecodableEnvelopeException {
        return codec.decode(EncodedEnvelope.wrap(json.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
