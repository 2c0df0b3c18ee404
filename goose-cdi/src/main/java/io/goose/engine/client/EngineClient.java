package io.goose.engine.client;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueInvocation;
import io.goose.EnqueueMiddleware;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.EnqueueRejectedException;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The client of one broker, with options that calls may change. */
public final class EngineClient implements GooseClient {

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
     * @param others the targets of the other brokers, by name
     */
    public record Parts(
            String broker,
            Transport transport,
            JobFactory jobs,
            List<EnqueueMiddleware> middlewares,
            InstantSource clock,
            Function<String, EngineClient> others) {}

    private record Target(Parts parts, GroupCommit commit) {}

    public EngineClient(Parts parts) {
        this(new Target(parts, new GroupCommit(parts.transport(), SENDS_AT_A_TIME)), JobOptions.NONE);
    }

    private EngineClient(Target target, JobOptions options) {
        this.target = target;
        this.options = options;
    }

    @Override
    public JobId performAsync(JobCall call) {
        return enqueue(call, null);
    }

    @Override
    public JobId performIn(Duration delay, JobCall call) {
        return enqueue(call, target.parts().clock().instant().plus(delay));
    }

    @Override
    public JobId performAt(Instant when, JobCall call) {
        return enqueue(call, Objects.requireNonNull(when, "when"));
    }

    private JobId enqueue(JobCall call, @Nullable Instant runAt) {
        return around(call, runAt, job -> check(job, target.commit().send(job)));
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
            ids.add(around(call, null, jobs::add));
        }
        sendAll(jobs);
        return List.copyOf(ids);
    }

    private void sendAll(List<QueuedJob> jobs) {
        List<CompletionStage<List<SendResult>>> underWay = new ArrayList<>();
        for (int from = 0; from < jobs.size(); from += GroupCommit.MOST) {
            List<QueuedJob> part = jobs.subList(from, Math.min(jobs.size(), from + GroupCommit.MOST));
            underWay.add(Sends.begin(target.parts().transport(), part));
        }
        List<SendResult> results = new ArrayList<>(jobs.size());
        for (CompletionStage<List<SendResult>> stage :
                underWay) { // all of them, so that nothing is under way afterwards
            results.addAll(Sends.answers(stage, Math.min(GroupCommit.MOST, jobs.size() - results.size())));
        }
        for (int i = 0; i < jobs.size(); i++) {
            check(jobs.get(i), results.get(i));
        }
    }

    private JobId around(JobCall call, @Nullable Instant runAt, Consumer<QueuedJob> sender) {
        Objects.requireNonNull(call, "call");
        JobOptions joined = options.or(target.parts().jobs().declared(call));
        return new Link(0, call, joined, runAt, sender).proceed();
    }

    private static void check(QueuedJob job, SendResult result) {
        if (result instanceof SendResult.Rejected rejected) {
            throw new EnqueueRejectedException(
                    rejected.code(),
                    job.id(),
                    "cannot enqueue job " + job.id() + " to queue '" + job.queue() + "': " + reason(rejected),
                    null);
        }
        if (result instanceof SendResult.Unknown unknown) {
            String cause = unknown.cause().getMessage();
            if (unknown.sent()) {
                throw new EnqueueOutcomeUnknownException(
                        job.id(),
                        "GOOSE-1016: the broker did not answer, so it is unknown whether job " + job.id()
                                + " is on queue '" + job.queue()
                                + "'; repeat the call with this id, which does not enqueue it twice: " + cause,
                        unknown.cause());
            }
            throw new BrokerUnavailableException(
                    "GOOSE-1015: job " + job.id() + " was not enqueued on queue '" + job.queue()
                            + "', the broker cannot be used now; try again: " + cause,
                    unknown.cause());
        }
    }

    /** The broker's message without its code, which is at the beginning of ours. */
    private static String reason(SendResult.Rejected rejected) {
        String prefix = rejected.code() + ": ";
        return rejected.message().startsWith(prefix)
                ? rejected.message().substring(prefix.length())
                : rejected.message();
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

    /** The rest of the chain of enqueue middlewares from one on. */
    private final class Link implements EnqueueInvocation {
        private final int index;
        private final JobCall call;
        private final JobOptions joined;
        private final @Nullable Instant runAt;
        private final Consumer<QueuedJob> sender;

        private Link(int index, JobCall call, JobOptions joined, @Nullable Instant runAt, Consumer<QueuedJob> sender) {
            this.index = index;
            this.call = call;
            this.joined = joined;
            this.runAt = runAt;
            this.sender = sender;
        }

        @Override
        public JobCall call() {
            return call;
        }

        @Override
        public JobOptions options() {
            return joined;
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
            return proceed(call, joined);
        }

        @Override
        public JobId proceed(JobCall nextCall, JobOptions nextOptions) {
            List<EnqueueMiddleware> middlewares = target.parts().middlewares();
            if (index < middlewares.size()) {
                Link rest = new Link(index + 1, nextCall, nextOptions, runAt, sender);
                return middlewares.get(index).around(rest);
            }
            QueuedJob job = target.parts().jobs().job(nextCall, nextOptions, runAt);
            sender.accept(job);
            return job.id();
        }
    }
}
