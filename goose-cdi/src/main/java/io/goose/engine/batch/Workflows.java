package io.goose.engine.batch;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.EnqueueRejectedException;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.JobStatus;
import io.goose.UnsupportedCapabilityException;
import io.goose.Workflow;
import io.goose.WorkflowRun;
import io.goose.WorkflowStatus;
import io.goose.WorkflowStatus.Progress;
import io.goose.WorkflowStatus.State;
import io.goose.admin.StoredJob;
import io.goose.job.BatchId;
import io.goose.job.BatchStatus;
import io.goose.job.CancelResult;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.spi.BatchLedger;
import io.goose.spi.BatchLedger.Added;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes, shows and cancels the workflows of one broker; their steps are begun by {@link WorkflowSteps}. Thread-safe. */
public final class Workflows {

    private static final System.Logger LOG = System.getLogger(Workflows.class.getName());

    /** What the batches of the steps of one workflow may hold of it. */
    private static final long MOST_UNDER_WAY = 32L * 1024 * 1024;

    private final Broker broker;
    private final Batches batches;
    private final Function<JobId, JobStatus> looking;
    private final Function<JobId, CancelResult> cancelling;
    private final int maxSize;
    private final EnvelopeCodec codec = new EnvelopeCodec();

    /**
     * @param batches of that broker
     * @param looking looks for a job
     * @param cancelling cancels a job
     * @param maxSize the largest envelope in bytes
     */
    public Workflows(
            Broker broker,
            Batches batches,
            Function<JobId, JobStatus> looking,
            Function<JobId, CancelResult> cancelling,
            int maxSize) {
        this.broker = broker;
        this.batches = batches;
        this.looking = looking;
        this.cancelling = cancelling;
        this.maxSize = maxSize;
    }

    /** Makes a job of a call, as a template of what a step runs. */
    @FunctionalInterface
    public interface Templates {
        /** A job with these options, and what the client and the call's annotation say. */
        QueuedJob job(JobCall call, JobOptions options);
    }

    private void mustBeAble() {
        if (!broker.capabilities().containsAll(Set.of(Capability.BATCH, Capability.STATUS))) {
            throw new UnsupportedCapabilityException(
                    "GOOSE-2304: " + broker.describe()
                            + " keeps no workflows, for they need batches and results (BATCH, STATUS); use Redis or JDBC, or give the transport one of them as its ledger");
        }
    }

    /** See {@link io.goose.GooseClient#performWorkflow}. */
    public BatchId perform(Workflow workflow, Templates templates, InstantSource clock, Consumer<QueuedJob> sender) {
        mustBeAble();
        Instant now = clock.instant();
        Set<Integer> passed = new TreeSet<>();
        workflow.steps().forEach(step -> passed.addAll(step.arguments().values()));
        List<WorkflowPlan.Step> steps = new ArrayList<>();
        for (Workflow.Step step : workflow.steps()) {
            JobOptions options = step.options();
            if (passed.contains(steps.size())) {
                options =
                        JobOptions.builder().keepResult(workflow.keep()).build().or(options);
            }
            Envelope job = template(templates, step.call(), options, step.name());
            steps.add(new WorkflowPlan.Step(step.name(), step.after(), step.arguments(), job));
        }
        Envelope failure = workflow.failure()
                .map(call -> template(templates, call, JobOptions.NONE, "onFailure"))
                .orElse(null);
        WorkflowPlan plan = new WorkflowPlan(
                workflow.id().orElseGet(() -> BatchId.draw(now)),
                workflow.queue().orElseGet(() -> steps.get(0).job().queue()),
                workflow.keep(),
                steps,
                failure,
                workflow.isFailureTold());
        QueuedJob beginning = WorkflowSteps.beginning(plan, codec, now);
        int most = Math.min(maxSize, JobResult.LARGEST); // it is kept as the result of the job that begins it
        if (beginning.envelope().size() > most) {
            throw new EnqueueRejectedException(
                    "GOOSE-2303",
                    beginning.id(),
                    "cannot make workflow " + plan.id() + ": its " + steps.size() + " steps have "
                            + beginning.envelope().size() + " bytes together, more than " + most
                            + " (goose.job.max-size=" + maxSize + ", and in any case "
                            + JobResult.LARGEST + "); pass less, for example keys of stored documents",
                    null);
        }
        long underWay = mostUnderWay(plan, beginning);
        if (underWay > MOST_UNDER_WAY) {
            throw new EnqueueRejectedException(
                    "GOOSE-2308",
                    beginning.id(),
                    "cannot make workflow " + plan.id() + ": others come after "
                            + underWay / beginning.envelope().size()
                            + " steps of it, and each of these holds all of its "
                            + beginning.envelope().size()
                            + " bytes until it has ended, together more than " + MOST_UNDER_WAY
                            + "; pass keys of stored documents, or make a batch of what runs side by side",
                    null);
        }
        try {
            sender.accept(beginning);
        } catch (RuntimeException failed) {
            batches.notAdded(List.of(beginning), failed);
            throw failed;
        }
        return plan.id();
    }

    /** What the batches of its steps hold of it at most, if all of them run at one time. */
    private static long mostUnderWay(WorkflowPlan plan, QueuedJob beginning) {
        Set<Integer> before = new TreeSet<>();
        plan.steps().forEach(step -> before.addAll(step.after()));
        return (long) before.size() * beginning.envelope().size();
    }

    private Envelope template(Templates templates, JobCall call, JobOptions options, String step) {
        QueuedJob job = templates.job(call, options);
        if (job.unique() != null || options.id().isPresent()) {
            throw new IllegalArgumentException("GOOSE-2302: step '" + step + "' (" + call.handler()
                    + ") is to be unique or has an id, which no job of a workflow can have; enqueue it apart");
        }
        return decoded(job);
    }

    private Envelope decoded(QueuedJob job) {
        try {
            return codec.decode(job.envelope());
        } catch (UndecodableEnvelopeException impossible) {
            throw new IllegalStateException("an envelope of our own cannot be read", impossible);
        }
    }

    /** See {@link io.goose.GooseClient#workflow}. */
    public WorkflowRun of(BatchId id) {
        return new Known(id);
    }

    private Optional<WorkflowPlan> plan(JobStatus beginning) {
        return beginning.state() == JobStatus.State.SUCCEEDED
                ? beginning.result(String.class).map(text -> WorkflowPlan.decode(text, codec))
                : Optional.empty();
    }

    private Optional<WorkflowStatus> status(BatchId id) {
        mustBeAble();
        JobStatus beginning = looking.apply(WorkflowPlan.beginning(id));
        Optional<WorkflowPlan> plan = plan(beginning);
        if (plan.isPresent()) {
            return Optional.of(status(plan.get()));
        }
        return switch (beginning.state()) {
            case UNKNOWN, SUCCEEDED -> Optional.empty();
            case DEAD -> Optional.of(unbegun(id, State.FAILED));
            case CANCELLED, EXPIRED -> Optional.of(new WorkflowStatus(id, State.CANCELLED, List.of()));
            case WAITING, SCHEDULED, RUNNING, PARKED -> Optional.of(unbegun(id, State.IN_PROGRESS));
        };
    }

    /** One whose beginning is still there: it may have begun some of its steps, or have been cancelled. */
    private WorkflowStatus unbegun(BatchId id, State state) {
        WorkflowPlan plan = waiting(id);
        if (plan == null || !isTouched(plan)) {
            return new WorkflowStatus(id, state, List.of());
        }
        WorkflowStatus now = status(plan);
        return now.state() == State.IN_PROGRESS ? new WorkflowStatus(id, state, now.steps()) : now;
    }

    /** The workflow as the job has it that is to begin it; null if that is gone. */
    private @Nullable WorkflowPlan waiting(BatchId id) {
        JobId beginning = WorkflowPlan.beginning(id);
        for (String queue : broker.queues()) {
            Optional<StoredJob> job = OwnJobs.find(broker, queue, beginning);
            if (job.isPresent()) {
                return WorkflowPlan.decode(decoded(job.get().job()).args().getString(0), codec);
            }
        }
        return null;
    }

    /** Whether some of its steps have begun, or cannot begin any more. */
    private boolean isTouched(WorkflowPlan plan) {
        BatchLedger ledger = broker.batches();
        return ledger.find(plan.cancelled()).isPresent()
                || plan.followers(-1).stream()
                        .anyMatch(root -> ledger.find(plan.batch(root)).isPresent());
    }

    private WorkflowStatus status(WorkflowPlan plan) {
        BatchLedger ledger = broker.batches();
        boolean failed = ledger.find(plan.batch(plan.failureStep())).isPresent();
        boolean cancelled = ledger.find(plan.cancelled()).isPresent();
        boolean all = true;
        List<WorkflowStatus.Step> steps = new ArrayList<>();
        for (int i = 0; i < plan.steps().size(); i++) {
            BatchStatus.Counts counts = ledger.find(plan.batch(i))
                    .map(kept -> kept.status().counts())
                    .orElse(null);
            Progress progress = counts == null ? Progress.PENDING : progress(counts);
            all &= progress == Progress.SUCCEEDED;
            steps.add(new WorkflowStatus.Step(plan.steps().get(i).name(), progress, plan.job(i)));
        }
        State state = State.IN_PROGRESS;
        if (all) {
            state = State.SUCCEEDED;
        } else if (cancelled) {
            state = State.CANCELLED;
        } else if (failed) {
            state = State.FAILED;
        }
        return new WorkflowStatus(plan.id(), state, steps);
    }

    private static Progress progress(BatchStatus.Counts counts) {
        if (counts.success() > 0) {
            return Progress.SUCCEEDED;
        } else if (counts.dead() > 0) {
            return Progress.DEAD;
        }
        return counts.cancelled() > 0 || counts.total() == 0 ? Progress.CANCELLED : Progress.BEGUN;
    }

    private boolean cancel(BatchId id) {
        mustBeAble();
        JobId beginning = WorkflowPlan.beginning(id);
        WorkflowPlan unbegun = waiting(id); // first: what is gone from there has begun
        WorkflowPlan plan =
                unbegun != null ? unbegun : plan(looking.apply(beginning)).orElse(null);
        if (plan == null) {
            return cancelling.apply(beginning) == CancelResult.REMOVED;
        }
        if (unbegun != null
                && !isTouched(plan)
                && cancelling.apply(beginning) == CancelResult.REMOVED
                && !isTouched(plan)) {
            return true; // nothing has begun, and nobody is left who could begin it
        }
        BatchId failure = plan.batch(plan.failureStep());
        if (broker.batches().find(failure).isEmpty()) {
            note(plan, plan.cancelled()); // else it has failed, and stays so
        }
        note(plan, failure); // so that nobody is called for it
        boolean some = false;
        for (int i = 0; i < plan.steps().size(); i++) {
            BatchId step = plan.batch(i);
            some |= occupied(plan, step) || batches.cancel(step);
        }
        return some;
    }

    private void note(WorkflowPlan plan, BatchId place) {
        boolean first = occupied(plan, place);
        LOG.log(DEBUG, "workflow {0} is cancelled, first noted now: {1}", plan.id(), first);
    }

    /** Takes the place of a step that has not begun, so that it never does: an empty batch, which is over. */
    private boolean occupied(WorkflowPlan plan, BatchId step) {
        BatchLedger ledger = broker.batches();
        if (ledger.find(step).isPresent()) {
            return false;
        }
        BatchLedger.Plan empty = new BatchLedger.Plan(plan.queue(), plan.keep(), Map.of());
        Added added = ledger.add(new BatchLedger.Addition(step, empty, "cancel", 0, List.of(), Set.of(), true));
        return added.result() == BatchLedger.Result.ADDED;
    }

    private final class Known implements WorkflowRun {
        private final BatchId id;

        private Known(BatchId id) {
            this.id = id;
        }

        @Override
        public BatchId id() {
            return id;
        }

        @Override
        public Optional<WorkflowStatus> status() {
            return Workflows.this.status(id);
        }

        @Override
        public boolean cancel() {
            return Workflows.this.cancel(id);
        }

        @Override
        public String toString() {
            return "Workflow[" + id + "]";
        }
    }
}
