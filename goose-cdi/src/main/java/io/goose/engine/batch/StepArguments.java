package io.goose.engine.batch;

import io.goose.job.Envelope;
import io.goose.job.JobResult;
import io.goose.spi.Broker;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonValue;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The arguments of steps, with what other steps returned in their places. */
record StepArguments(Broker broker) {

    JsonArray of(WorkflowPlan plan, int index) {
        WorkflowPlan.Step step = plan.steps().get(index);
        if (step.arguments().isEmpty()) {
            return step.job().args();
        }
        JsonArrayBuilder args = Json.createArrayBuilder();
        for (int place = 0; place < step.job().args().size(); place++) {
            Integer from = step.arguments().get(place);
            args.add(from == null ? step.job().args().get(place) : result(plan, step, from));
        }
        return args.build();
    }

    private JsonValue result(WorkflowPlan plan, WorkflowPlan.Step step, int from) {
        Envelope before = plan.steps().get(from).job();
        Set<String> queues = new LinkedHashSet<>(List.of(before.queue()));
        before.retry().map(Envelope.Retry::queue).ifPresent(queues::add);
        for (String queue : queues) {
            JobResult kept = broker.result(queue, plan.job(from)).orElse(null);
            if (kept != null && kept.isValueLost()) {
                throw new WorkflowSteps.StepNotBegunException("GOOSE-2305: " + what(plan, step, from)
                        + " was not kept, for it is too large or cannot be encoded; a warning said so when it ended");
            } else if (kept != null && kept.value().isEmpty()) {
                return JsonValue.NULL;
            } else if (kept != null && !kept.encoding().equals(step.job().encoding())) {
                throw new WorkflowSteps.StepNotBegunException("GOOSE-2305: " + what(plan, step, from)
                        + " is encoded as '"
                        + kept.encoding() + "', the arguments of that step as '"
                        + step.job().encoding() + "'; let who makes and who runs it have the same ArgumentCodec");
            } else if (kept != null) {
                return kept.value().get(0);
            }
        }
        throw new WorkflowSteps.StepNotBegunException("GOOSE-2305: " + what(plan, step, from)
                + " is gone: it was kept for " + plan.keep() + ", or that job is transactional");
    }

    private static String what(WorkflowPlan plan, WorkflowPlan.Step step, int from) {
        return "step '" + step.name() + "' of workflow " + plan.id() + " does not begin: the result of step '"
                + plan.steps().get(from).name() + "'";
    }
}
