package io.goose.engine.client;

import io.goose.Batch;
import io.goose.BatchOptions;
import io.goose.CronEntry;
import io.goose.EnqueueInvocation;
import io.goose.EnqueueMiddleware;
import io.goose.Enqueued;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.QueueNames;
import io.goose.Workflow;
import io.goose.WorkflowRun;
import io.goose.engine.batch.Batches;
import io.goose.engine.batch.Workflows;
import io.goose.engine.observe.Observation;
import io.goose.job.BatchId;
import io.goose.job.CancelResult;
import io.goose.job.Envelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The client of one broker, with options that calls may change. */
public final class EngineClient extends AskingClient implements GooseClient {

    private static final int SENDS_AT_A_TIME = 2;

    private final Target target;
    private final JobOptions options;

    /**
     * Where the jobs of a client go.
     *
     * @param broker the broker's name
     * @param transport its transport
     * @param jobs makes jobs of calls
     * @param middlewares around enqueuing, outermost first
     * @param clock wall-clock time
     * @param transaction what ties jobs to the transaction around a call
     * @param crons the broker's recurring jobs
     * @param cancel cancels the job with an id
     * @param batches the broker's batches
     * @param workflows the broker's workflows
     * @param looking looks for the job with an id
     * @param others the targets of the other brokers, by name
     * @param observation who is told
     */
    public record Parts(
            String broker,
            Transport transport,
            JobFactory jobs,
            List<EnqueueMiddleware> middlewares,
            InstantSource clock,
            TransactionBinding transaction,
            Recurring crons,
            Function<JobId, CancelResult> cancel,
            Batches batches,
            Workflows workflows,
            Looking looking,
            Function<String, EngineClient> others,
            Observation observation) {}

    /** Keeps recurring jobs. */
    @FunctionalInterface
    public interface Recurring {
        /** Registers an entry, with a job as a template of those that it enqueues. */
        CronEntry register(CronEntry entry, QueuedJob job);
    }

    private record Target(Parts parts, GroupCommits commits) {}

    public EngineClient(Parts parts) {
        this(new Target(parts, new GroupCommits(parts.transport(), SENDS_AT_A_TIME)), JobOptions.NONE);
    }

    private EngineClient(Target target, JobOptions options) {
        this.target = target;
        this.options = options;
    }

    @Override
    public JobId performAsync(JobCall call) {
        return enqueue(call).id();
    }

    @Override
    public JobId performIn(Duration delay, JobCall call) {
        return enqueueIn(delay, call).id();
    }

    @Override
    public JobId performAt(Instant when, JobCall call) {
        return enqueueAt(when, call).id();
    }

    @Override
    public Enqueued enqueue(JobCall call) {
        return enqueue(call, null);
    }

    @Override
    public Enqueued enqueueIn(Duration delay, JobCall call) {
        return enqueue(call, JobFactory.later(target.parts().clock().instant(), delay));
    }

    @Override
    public Enqueued enqueueAt(Instant when, JobCall call) {
        return enqueue(call, Objects.requireNonNull(when, "when"));
    }

    private Enqueued enqueue(JobCall call, @Nullable Instant runAt) {
        Enqueued[] last = new Enqueued[1]; // of middlewares that go on several times
        JobId id = around(call, runAt, job -> {
            last[0] = send(job);
            return last[0].id();
        });
        return last[0] != null && last[0].id().equals(id) ? last[0] : new Enqueued(id, Enqueued.Outcome.ADDED);
    }

    private Enqueued send(QueuedJob job) {
        Outcomes.mustBeAble(job, target.parts().transport());
        TransactionBinding transaction = target.parts().transaction();
        long begun = target.parts().observation().begin();
        SendResult result = transaction.applies()
                ? transaction.send(List.of(job)).get(0)
                : target.commits().send(job);
        target.parts().observation().sent(begun, job, result);
        return Outcomes.enqueuedOrThrow(job, result);
    }

    @Override
    public BatchId performWorkflow(Workflow workflow) {
        Workflows.Templates templates = (call, own) -> new BatchMaker(null).made(call, null, new Fixed(own, null));
        return target.parts()
                .workflows()
                .perform(workflow, templates, target.parts().clock(), this::send);
    }

    @Override
    public WorkflowRun workflow(BatchId id) {
        return target.parts().workflows().of(Objects.requireNonNull(id, "id"));
    }

    @Override
    public CronEntry performEvery(CronEntry entry, JobCall call) {
        Objects.requireNonNull(entry, "entry");
        if (options.id().isPresent()) {
            throw new IllegalArgumentException("GOOSE-2230: the jobs of cron entry '" + entry.name()
                    + "' have ids of their own, one for each tick; use a client without an id");
        }
        around(call, null, job -> {
            target.parts().crons().register(entry, job);
            return job.id();
        });
        return entry;
    }

    @Override
    public List<JobId> performAll(Collection<JobCall> calls) {
        if (calls.size() > 1 && options.id().isPresent()) {
            throw new IllegalArgumentException(
                    "GOOSE-1014: one id cannot be given to " + calls.size() + " jobs; enqueue them one by one");
        }
        List<JobId> ids = new ArrayList<>(calls.size());
        List<QueuedJob> jobs = new ArrayList<>(calls.size());
        for (JobCall call : calls) {
            ids.add(around(call, null, job -> {
                Outcomes.mustBeAble(job, target.parts().transport());
                jobs.add(job);
                return job.id();
            }));
        }
        long begun = target.parts().observation().begin();
        List<SendResult> results = sendAll(jobs);
        target.parts().observation().sent(begun, jobs, results);
        Outcomes.check(jobs, results);
        return Outcomes.idsOf(ids, jobs, results);
    }

    private List<SendResult> sendAll(List<QueuedJob> jobs) {
        TransactionBinding transaction = target.parts().transaction();
        if (!jobs.isEmpty() && transaction.applies()) {
            return transaction.send(jobs);
        }
        return Sends.all(target.parts().transport(), jobs);
    }

    private JobId around(JobCall call, @Nullable Instant runAt, Function<QueuedJob, JobId> sender) {
        return around(call, runAt, null, sender);
    }

    private JobId around(
            JobCall call, @Nullable Instant runAt, @Nullable Fixed fixed, Function<QueuedJob, JobId> sender) {
        Objects.requireNonNull(call, "call");
        try {
            return new Link(0, call, options, runAt, fixed, sender).proceed();
        } catch (RuntimeException failed) {
            target.parts().observation().notEnqueued(call.handler(), failed);
            throw failed;
        }
    }

    @Override
    public BatchId performBatch(BatchOptions batch, Iterable<JobCall> calls) {
        return target.parts().batches().perform(batch, calls, new BatchMaker(null).of(batch));
    }

    @Override
    public Batch batch(BatchId id) {
        return target.parts().batches().of(Objects.requireNonNull(id, "id"), new BatchMaker(null));
    }

    @Override
    Parts parts() {
        return target.parts();
    }

    @Override
    public GooseClient with(JobOptions more) {
        return new EngineClient(target, more.or(options));
    }

    @Override
    public GooseClient via(String broker) {
        EngineClient other = target.parts().others().apply(broker);
        return new EngineClient(other.target, options);
    }

    @Override
    public String toString() {
        return "GooseClient[" + target.parts().broker() + "]";
    }

    /** What a job of a batch is, whatever a middleware makes of its options. */
    private record Fixed(JobOptions options, Envelope.@Nullable Batch batch) {}

    /** Makes the jobs of batches as those of this client. */
    private final class BatchMaker implements Batches.Maker {
        private final @Nullable Instant runAt;

        private BatchMaker(@Nullable Instant runAt) {
            this.runAt = runAt;
            if (options.id().isPresent()) {
                throw new IllegalArgumentException(
                        "GOOSE-2253: the jobs of a batch have ids of their own, which follow from"
                                + " that of the batch; use a client without an id");
            }
        }

        @Override
        public Batches.Made member(JobCall call, BatchId.Member member) {
            JobOptions id = JobOptions.builder()
                    .id(member.batch().member(member.index()))
                    .build();
            Fixed fixed = new Fixed(id, new Envelope.Batch(member.batch().asJobId(), member.index()));
            QueuedJob job = made(call, runAt, fixed);
            Set<String> queues = new LinkedHashSet<>(List.of(job.queue()));
            options.or(target.parts().jobs().declared(call)).retry().queue().ifPresent(queues::add);
            // Without a mark: the ledger knows what it has added.
            return new Batches.Made(new QueuedJob(job.queue(), job.id(), job.envelope(), job.state()), queues);
        }

        @Override
        public QueuedJob callback(JobCall call, JobId id, String queue) {
            Fixed fixed =
                    new Fixed(JobOptions.builder().id(id).queue(queue).front().build(), null);
            return made(call, null, fixed);
        }

        private QueuedJob made(JobCall call, @Nullable Instant when, Fixed fixed) {
            List<QueuedJob> made = new ArrayList<>(1);
            around(call, when, fixed, job -> {
                made.add(job);
                return job.id();
            });
            QueuedJob job = made.get(0);
            if (job.unique() != null) {
                throw new IllegalArgumentException("GOOSE-2257: " + call.handler()
                        + " is to be unique, which no job of a batch and no callback can be; enqueue it apart from the"
                        + " batch, or without Unique or @UniqueJob");
            }
            return job;
        }

        @Override
        public Batches.Maker of(BatchOptions batch) {
            return new BatchMaker(batch.runAt(now()).orElse(null));
        }

        @Override
        public Instant now() {
            return target.parts().clock().instant();
        }

        @Override
        public String queue(@Nullable JobCall call) {
            return options.queue()
                    .or(() -> call == null
                            ? Optional.empty()
                            : target.parts().jobs().declared(call).queue())
                    .orElse(QueueNames.DEFAULT);
        }
    }

    /** The rest of the chain of enqueue middlewares from one on. */
    private final class Link implements EnqueueInvocation {
        private final int index;
        private final JobCall call;
        private final JobOptions given;
        private final @Nullable Instant runAt;
        private final @Nullable Fixed fixed;
        private final Function<QueuedJob, JobId> sender;

        private Link(
                int index,
                JobCall call,
                JobOptions given,
                @Nullable Instant runAt,
                @Nullable Fixed fixed,
                Function<QueuedJob, JobId> sender) {
            this.index = index;
            this.call = call;
            this.given = given;
            this.runAt = runAt;
            this.fixed = fixed;
            this.sender = sender;
        }

        @Override
        public JobCall call() {
            return call;
        }

        @Override
        public JobOptions options() {
            return given;
        }

        @Override
        public JobOptions declared() {
            return target.parts().jobs().declared(call);
        }

        @Override
        public String broker() {
            return target.parts().broker();
        }

        @Override
        public Optional<Instant> runAt() {
            return Optional.ofNullable(runAt);
        }

        @Override
        public JobId proceed() {
            return proceed(call, given);
        }

        @Override
        public JobId proceed(JobCall nextCall, JobOptions nextOptions) {
            List<EnqueueMiddleware> middlewares = target.parts().middlewares();
            if (index < middlewares.size()) {
                Link rest = new Link(index + 1, nextCall, nextOptions, runAt, fixed, sender);
                return middlewares.get(index).around(rest);
            }
            JobFactory jobs = target.parts().jobs();
            JobOptions last = fixed == null ? nextOptions : fixed.options().or(nextOptions);
            Outcomes.mustKeepResults(target.parts().transport(), last, () -> jobs.declared(nextCall));
            QueuedJob job = jobs.job(nextCall, last, runAt, fixed == null ? null : fixed.batch());
            return sender.apply(job);
        }
    }
}
