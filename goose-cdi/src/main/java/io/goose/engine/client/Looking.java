package io.goose.engine.client;

import io.goose.JobStatus;
import io.goose.JobStatus.State;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.StoredJob;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import java.lang.System.Logger.Level;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks for jobs whose queues are not known, and waits for their ends by looking now and then. Thread-safe. */
public final class Looking {

    private static final System.Logger LOG = System.getLogger(Looking.class.getPackageName());

    /** See {@link Cancelling}: a job may go to a queue that was asked before. */
    private static final int ROUNDS = 2;

    private final Broker broker;
    private final List<ArgumentCodec> codecs;
    private final Awaiting awaiting;

    /**
     * @param codecs those that can read results
     * @param awaiting waits for those who do not want to spend a thread on it
     */
    public Looking(Broker broker, List<ArgumentCodec> codecs, Awaiting awaiting) {
        this.broker = broker;
        this.awaiting = awaiting;
        this.codecs = List.copyOf(codecs);
    }

    /** See {@link io.goose.GooseClient#status}. */
    public JobStatus status(JobId id) {
        if (!broker.capabilities().contains(Capability.STATUS)) {
            throw new UnsupportedCapabilityException("GOOSE-2280: what became of job " + id + " cannot be told: "
                    + broker.describe()
                    + " keeps neither states nor results (STATUS); use Redis, JDBC, or a message broker"
                    + " with such a ledger");
        }
        for (int round = 1; round <= ROUNDS; round++) {
            for (String queue : broker.queues()) {
                JobStatus found = in(queue, id);
                if (found != null) {
                    return found;
                }
            }
        }
        return JobStatus.unknown(id);
    }

    /**
     * What is known of it in this queue; null for nothing. First where it is: it has a result when it is gone from there. A broker
     * that cannot find each job may have to look through many, so it is asked for the result before.
     */
    private @Nullable JobStatus in(String queue, JobId id) {
        JobStatus ended = findsAll() ? null : ended(queue, id);
        if (ended != null) {
            return ended;
        }
        Optional<StoredJob> stored = found(queue, id);
        return stored.isPresent() ? of(stored.get()) : ended(queue, id);
    }

    private @Nullable JobStatus ended(String queue, JobId id) {
        return broker.result(queue, id).map(result -> of(id, result)).orElse(null);
    }

    private boolean findsAll() {
        return broker.capabilities().contains(Capability.WAITING_FIND);
    }

    /** Empty also of one that waits or runs where a broker cannot tell that. */
    private Optional<StoredJob> found(String queue, JobId id) {
        try {
            return broker.find(queue, id);
        } catch (UnsupportedCapabilityException untold) {
            if (findsAll()) {
                throw untold;
            }
            LOG.log(Level.DEBUG, "whether job {0} waits or runs in queue {1} cannot be told", id, queue);
            return Optional.empty();
        }
    }

    private static JobStatus of(StoredJob job) {
        DeliveryState state = job.job().state();
        State place =
                switch (job.place()) {
                    case WAITING -> State.WAITING;
                    case RUNNING -> State.RUNNING;
                    case SCHEDULED -> State.SCHEDULED;
                    case DEAD -> State.DEAD;
                    case PARKED -> State.PARKED;
                };
        return new JobStatus(
                job.job().id(), place, state.attempt(), state.failures().last(), null);
    }

    private JobStatus of(JobId id, JobResult result) {
        State state =
                switch (result.end()) {
                    case SUCCEEDED -> State.SUCCEEDED;
                    case CANCELLED -> State.CANCELLED;
                    case EXPIRED -> State.EXPIRED;
                };
        return new JobStatus(id, state, result.attempt(), null, type -> decoded(id, result, type));
    }

    private @Nullable Object decoded(JobId id, JobResult result, Type type) {
        if (result.value().isEmpty()) {
            return null;
        }
        for (ArgumentCodec codec : codecs) {
            if (codec.name().equals(result.encoding())) {
                return codec.decode(result.value(), List.of(type)).get(0);
            }
        }
        throw new IllegalArgumentException("GOOSE-2281: the result of job " + id + " is encoded as '"
                + result.encoding() + "', which nobody can read here; add the ArgumentCodec that the workers have");
    }

    /** See {@link io.goose.GooseClient#await(JobId, Duration)}. */
    public JobStatus await(JobId id, Duration atMost) throws InterruptedException {
        Vigil vigil = new Vigil(() -> status(id), atMost);
        JobStatus last = vigil.look();
        while (last == null) {
            TimeUnit.NANOSECONDS.sleep(vigil.pauseNanos());
            last = vigil.look();
        }
        return last;
    }

    /** See {@link io.goose.GooseClient#awaitAsync(JobId, Duration)}. */
    CompletableFuture<JobStatus> awaitAsync(JobId id, Duration atMost) {
        return awaiting.begin(new Vigil(() -> status(id), atMost));
    }
}
