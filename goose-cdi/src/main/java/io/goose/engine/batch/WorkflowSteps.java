package io.goose.engine.batch;

import io.goose.GooseException;
import io.goose.JobOptions;
import io.goose.Snooze;
import io.goose.engine.handler.JobDefinition;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.Broker;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Begins steps of workflows: the body of a job of our own that runs when a workflow is made and, as the callback of the batch that each
 * step is, when a step has ended. All that it does can be done again, and by several at once: a step's batch is made only once.
 * Thread-safe.
 */
public final class WorkflowSteps {

    /** The name of the job that begins steps. Its arguments: the plan, which step has ended (-1 for none), and how. */
    public static final String HANDLER = JobDefinition.WORKFLOW;

    static final String BEGIN = "begin";

    /** A step's job says of which step it is, so that it can go on after a replay. */
    private static final String HEADER = "goose.workflow";

    private static final String AGAIN = "again";
    private static final String ENCODING = "json";
    private static final Envelope.Retry RETRY = new Envelope.Retry(27, null, false, null); // whatever others' jobs have
    private static final Duration SOON = Duration.ofMillis(200);

    private final Broker broker;
    private final InstantSource clock;
    private final int maxSize;
    private final StepArguments arguments;
    private final StepJobs jobs;
    private final EnvelopeCodec codec = new EnvelopeCodec();

    /**
     * @param maxSize the largest envelope in bytes
     */
    public WorkflowSteps(Broker broker, InstantSource clock, int maxSize) {
        this.broker = broker;
        this.arguments = new StepArguments(broker);
        this.clock = clock;
        this.maxSize = maxSize;
        this.jobs = new StepJobs(clock, codec);
    }

    /** A step that cannot be begun, however often it is tried. */
    public static final class StepNotBegunException extends GooseException {
        private static final long serialVersionUID = 1;

        StepNotBegunException(String message) {
            super(message, null);
        }
    }

    /** The job of our own. */
    public JobDefinition definition() {
        return new JobDefinition(
                HANDLER,
                Set.of(),
                Set.of(),
                List.of(String.class, int.class, String.class),
                new JobDefinition.Settings(
                        JobOptions.NONE,
                        List.of(StepNotBegunException.class),
                        false,
                        arguments -> run(
                                String.valueOf(arguments.get(0)),
                                ((Number) Objects.requireNonNull(arguments.get(1))).intValue(),
                                String.valueOf(arguments.get(2))),
                        "the job that begins steps of workflows"));
    }

    /** What follows when a step's job has succeeded after it was sent anew: its batch may have called back when it died. */
    public static List<Effect> after(Lease lease, Envelope envelope, boolean done, List<Effect> others) {
        String step =
                done && lease.job().state().moves() > 0 ? envelope.headers().get(HEADER) : null;
        if (step == null) {
            return others;
        }
        Optional<StepMark> mark = StepMark.read(step)
                .filter(read -> read.job().equals(lease.job().id())); // else a copied header, or somebody's own
        if (mark.isEmpty()) {
            return others;
        }
        StepMark own = mark.get();
        QueuedJob again = call(
                own.batch().callback(1),
                own.queue(),
                "",
                own.step(),
                AGAIN,
                own.workflow() + "@" + own.queue(),
                envelope.enqueuedAt(),
                null);
        List<Effect> all = new ArrayList<>(others);
        all.add(new Effect.Enqueue(again));
        return List.copyOf(all);
    }

    /** The job that begins a workflow. */
    static QueuedJob beginning(WorkflowPlan plan, EnvelopeCodec codec, Instant now) {
        return call(
                WorkflowPlan.beginning(plan.id()),
                plan.queue(),
                plan.encode(codec),
                -1,
                BEGIN,
                "",
                now,
                new Envelope.Result(plan.keep()));
    }

    private static QueuedJob call(
            JobId id,
            String queue,
            String plan,
            int step,
            String how,
            String workflow,
            Instant now,
            Envelope.@Nullable Result result) {
        JsonArray args = Json.createArrayBuilder()
                .add(plan.isEmpty() ? workflow : plan)
                .add(step)
                .add(how)
                .build();
        Envelope envelope = Envelope.builder(id, HANDLER, queue, args, now)
                .encoding(ENCODING)
                .lane(Lane.FRONT)
                .retry(RETRY)
                .result(result)
                .build();
        return new QueuedJob(
                queue, id, new EnvelopeCodec().encode(envelope), DeliveryState.FRESH.withLane(Lane.FRONT), true);
    }

    private String run(String text, int step, String how) {
        if (how.equals(AGAIN)) {
            again(text, step);
            return "";
        }
        if (how.equals(BEGIN) || how.equals(BatchState.SUCCESS.text())) {
            goOn(WorkflowPlan.decode(text, codec), text, how.equals(BEGIN) ? -1 : step);
        } else {
            fail(StepFailure.decode(text, codec));
        }
        return text;
    }

    /** A step has succeeded that had died, or was retried. */
    private void again(String args, int step) {
        int at = args.indexOf('@');
        BatchId workflow = BatchId.of(args.substring(0, at));
        BatchStatus batch = broker.batches()
                .find(WorkflowPlan.batch(workflow, step))
                .map(BatchLedger.Kept::status)
                .orElse(null);
        if (batch != null && batch.state() == BatchState.SUCCESS) {
            return; // it was only retried: its batch has called back, with the workflow
        }
        if (batch != null && batch.counts().success() == 0) {
            throw new Snooze(SOON); // its mark is on its way, and others that end now must see it
        }
        String queue = args.substring(at + 1);
        String text = broker.result(queue, WorkflowPlan.beginning(workflow))
                .filter(kept -> !kept.value().isEmpty())
                .map(kept -> kept.value().getString(0))
                .orElseThrow(() -> new StepNotBegunException("GOOSE-2305: workflow " + workflow
                        + " does not go on after step " + step + ", for it was begun longer ago than it is kept;"
                        + " enqueue what is left, and keep the next one for longer (Workflow.Builder.keep)"));
        goOn(WorkflowPlan.decode(text, codec), text, step);
    }

    /** Begins those that come after a step, or after none, and that wait for nothing else. One that cannot keeps no other back. */
    private void goOn(WorkflowPlan plan, String text, int step) {
        StepNotBegunException failure = null;
        for (int next : plan.followers(step)) {
            boolean ready =
                    plan.steps().get(next).after().stream().allMatch(before -> before == step || done(plan, before));
            try {
                if (ready) {
                    begin(plan, text, next);
                } else {
                    mustNotWaitForEver(plan, next, step);
                }
            } catch (StepNotBegunException never) {
                failure = never;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** What lies longer ago than anything is kept can only be told from what has not begun by what comes before it. */
    private void mustNotWaitForEver(WorkflowPlan plan, int index, int ended) {
        for (int before : plan.steps().get(index).after()) {
            if (before != ended && isGone(plan, before, ended) && isBeginningGone(plan)) {
                fail(StepFailure.of(plan, index));
                throw new StepNotBegunException("GOOSE-2305: step '"
                        + plan.steps().get(index).name() + "' of workflow " + plan.id() + " does not begin: step '"
                        + plan.steps().get(before).name() + "' ended longer ago than the " + plan.keep()
                        + " for which it is kept; enqueue what is left, and keep the next one for longer"
                        + " (Workflow.Builder.keep)");
            }
        }
    }

    private boolean isBeginningGone(WorkflowPlan plan) {
        JobId beginning = WorkflowPlan.beginning(plan.id());
        // In this order: what ends between the two has left its result.
        return OwnJobs.find(broker, plan.queue(), beginning).isEmpty()
                && broker.result(plan.queue(), beginning).isEmpty();
    }

    /** Whether a step's batch is not there although all before it have ended, or are gone too. */
    private boolean isGone(WorkflowPlan plan, int step, int ended) {
        return step != ended
                && broker.batches().find(plan.batch(step)).isEmpty()
                && plan.steps().get(step).after().stream()
                        .allMatch(before -> before == ended || done(plan, before) || isGone(plan, before, ended));
    }

    private boolean done(WorkflowPlan plan, int step) {
        return broker.batches()
                .find(plan.batch(step))
                .map(kept -> kept.status().counts().success() == 1)
                .orElse(false);
    }

    private void begin(WorkflowPlan plan, String text, int index) {
        WorkflowPlan.Step step = plan.steps().get(index);
        JsonArray args;
        try {
            args = arguments.of(plan, index);
        } catch (StepNotBegunException never) {
            fail(StepFailure.of(plan, index));
            throw never;
        }
        Map<String, String> headers = new LinkedHashMap<>(step.job().headers());
        headers.put(HEADER, plan.id() + "@" + plan.queue() + " " + index + " " + plan.queue());
        QueuedJob job = jobs.job(plan.id(), index, step.job(), args, headers);
        if (job.envelope().size() > maxSize) {
            fail(StepFailure.of(plan, index));
            throw new StepNotBegunException("GOOSE-2306: step '" + step.name() + "' of workflow " + plan.id()
                    + " does not begin: with the results that it gets its envelope has "
                    + job.envelope().size()
                    + " bytes, goose.job.max-size=" + maxSize
                    + "; let steps return the key of a stored document. Raise the limit and replay this job to go on");
        }
        BatchLedger.Plan made = new BatchLedger.Plan(plan.queue(), plan.keep(), callbacks(plan, text, index));
        add(plan.batch(index), made, List.of(job), StepJobs.queues(step.job()));
    }

    /** A batch of one is never done in parts. The workflow is in one of them only, and only if something comes after this step. */
    private Map<BatchState, List<QueuedJob>> callbacks(WorkflowPlan plan, String text, int index) {
        Map<BatchState, List<QueuedJob>> callbacks = new EnumMap<>(BatchState.class);
        if (!plan.followers(index).isEmpty()) {
            callbacks.put(BatchState.SUCCESS, List.of(callback(plan, text, index, BatchState.SUCCESS)));
        }
        String failure = StepFailure.of(plan, index).encode(codec);
        for (BatchState state : List.of(BatchState.DEAD, BatchState.CANCELLED)) {
            callbacks.put(state, List.of(callback(plan, failure, index, state)));
        }
        return callbacks;
    }

    private QueuedJob callback(WorkflowPlan plan, String text, int index, BatchState state) {
        JobId id = plan.batch(index).callback(0);
        return call(id, plan.queue(), text, index, state.text(), "", clock.instant(), null);
    }

    /** Known when it comes again: the batch is there, or it was cancelled before it began. */
    private void add(BatchId batch, BatchLedger.Plan made, List<QueuedJob> members, Set<String> queues) {
        broker.batches().add(new BatchLedger.Addition(batch, made, BEGIN, 0, members, queues, true));
    }

    /** Notes that the workflow has failed, and calls who is to be told, once. */
    private void fail(StepFailure failed) {
        BatchId batch = WorkflowPlan.batch(failed.workflow(), failed.place());
        BatchLedger.Plan made = new BatchLedger.Plan(failed.queue(), failed.keep(), Map.of());
        Envelope job = failed.job();
        if (job == null) {
            add(batch, made, List.of(), Set.of());
            return;
        }
        QueuedJob call = jobs.job(failed.workflow(), failed.place(), job, failed.args(), job.headers());
        add(batch, made, List.of(call), StepJobs.queues(job));
    }
}
