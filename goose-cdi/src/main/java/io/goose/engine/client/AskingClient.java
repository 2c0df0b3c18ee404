package io.goose.engine.client;

import io.goose.JobLookup;
import io.goose.JobStatus;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** What a client is asked of a job that was enqueued. */
abstract class AskingClient implements JobLookup {

    /** The parts of the client. */
    abstract EngineClient.Parts parts();

    @Override
    public final CancelResult cancel(JobId id) {
        return parts().cancel().apply(Objects.requireNonNull(id, "id"));
    }

    @Override
    public final JobStatus status(JobId id) {
        return parts().looking().status(Objects.requireNonNull(id, "id"));
    }

    @Override
    public final JobStatus await(JobId id, Duration atMost) throws InterruptedException {
        return parts().looking().await(Objects.requireNonNull(id, "id"), atMost);
    }

    @Override
    public final CompletionStage<JobStatus> awaitAsync(JobId id, Duration atMost) {
        return parts().looking().awaitAsync(Objects.requireNonNull(id, "id"), atMost);
    }
}
