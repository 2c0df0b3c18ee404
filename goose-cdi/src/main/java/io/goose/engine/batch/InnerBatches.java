package io.goose.engine.batch;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.BatchOptions;
import io.goose.GooseException;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.Snooze;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.engine.batch.Batches.Maker;
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
import io.goose.job.UndecodableEnvelopeException;
import io.goose.spi.BatchLedger;
import io.goose.spi.BatchLedger.Added;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Batches that are members of others. In the outer batch a job of our own stands for the inner one: it is scheduled, looks now and then,
 * and ends as the inner batch has ended; a callback of that puts it ahead. So the outer batch is counted as every batch. Thread-safe.
 */
final class InnerBatches {

    /** How long an inner batch is kept at least after its completion, so that whoever stands for it finds how it ended. */
    static final Duration LEAST_LINGER = Duration.ofDays(1);

    /** Among the queues of a batch: it has others in it. No queue is called so. */
    static final String MARKER = "*";

    private static final System.Logger LOG = System.getLogger(InnerBatches.class.getName());

    private static final String STANDS = "stands";
    private static final String ENDED = "ended";
    private static final String ENCODING = "json";
    private static final int CALLBACK = 3; // behind those of the occasions
    private static final Duration FIRST_LOOK = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration SOON = Duration.ofMillis(200);

    /** How long whoever adds it may take to make the batch, and to complete its making. */
    private static final Duration TO_BE_MADE = Duration.ofMinutes(10);

    private static final Duration TO_BE_SEALED = Duration.ofHours(1);

    /** Whatever others' jobs have; one that dies leaves nothing behind, for the jobs that died in the batch are there. */
    private static final Envelope.Retry RETRY = new Envelope.Retry(27, null, true, null);

    private final Broker broker;
    private final Batches batches;
    private final EnvelopeCodec codec = new EnvelopeCodec();

    InnerBatches(Broker broker, Batches batches) {
        this.broker = broker;
        this.batches = batches;
    }

    /** An inner batch of which not all jobs have succeeded. */
    static final class BatchNotSucceededException extends GooseException {
        private static final long serialVersionUID = 1;

        BatchNotSucceededException(String message) {
            super(message, null);
        }
    }

    // --- making

    /** Adds a batch to another one. */
    BatchId add(
            BatchId outer, BatchId id, BatchOptions options, Iterable<JobCall> calls, Maker maker, Batches.Ids ids) {
        if (id.equals(outer)) {
            throw new IllegalArgumentException("GOOSE-2315: batch " + id + " cannot be in itself; give it another id");
        }
        if (!broker.capabilities()
                .containsAll(Set.of(Capability.BATCH, Capability.CANCEL, Capability.SCHEDULED_LIST))) {
            throw new UnsupportedCapabilityException("GOOSE-2310: " + broker.describe()
                    + " keeps no batches in batches (BATCH, CANCEL, SCHEDULED_LIST); use Redis or JDBC, or give the"
                    + " transport one of them as its ledger");
        }
        Maker own = maker.of(options);
        String queue = Batches.home(id, options, own);
        JobId standing = stand(outer, id, queue, maker.now());
        Within within = new Within(outer, ended(id, standing, queue, maker.now()));
        return batches.make(id, options, calls, own, within, ids);
    }

    /**
     * Where an inner batch is.
     *
     * @param called one more callback of it, whatever it ends as
     */
    record Within(BatchId outer, QueuedJob called) {}

    /**
     * Cancels an inner batch that is there now if the outer one is cancelled. Whoever cancelled that before has not found the inner
     * one; whoever does it from now on finds it.
     */
    void stayOnlyWithin(BatchId outer, BatchId id) {
        Optional<BatchLedger.Kept> kept = broker.batches().find(outer);
        if (kept.isEmpty() || kept.get().cancelled()) {
            batches.cancel(id);
            throw kept.isEmpty() ? Batches.unknown(outer) : Batches.over(outer);
        }
    }

    /** Adds what stands for a batch to the outer one. Done a second time it may say another id, where nobody is then. */
    private JobId stand(BatchId outer, BatchId id, String queue, Instant now) {
        BatchLedger ledger = broker.batches();
        int from =
                ledger.find(outer).map(kept -> kept.status().counts().total()).orElse(0);
        while (true) {
            JobId standing = outer.member(from);
            Envelope.Batch member = new Envelope.Batch(outer.asJobId(), from);
            QueuedJob job = job(STANDS, standing, id, standing, queue, now, member);
            Added added =
                    ledger.add(new Addition(outer, null, "in-" + id, from, List.of(job), Set.of(queue, MARKER), false));
            switch (added.result()) {
                case ADDED -> {
                    return outer.member(added.total() - 1);
                }
                case MOVED -> from = added.total();
                case OVER -> throw Batches.over(outer);
                case UNKNOWN -> throw Batches.unknown(outer);
            }
        }
    }

    /** The callback of an inner batch. */
    private QueuedJob ended(BatchId id, JobId standing, String queue, Instant now) {
        return job(ENDED, id.callback(CALLBACK), id, standing, queue, now, null);
    }

    private QueuedJob job(
            String what,
            JobId self,
            BatchId id,
            JobId standing,
            String queue,
            Instant now,
            Envelope.@Nullable Batch member) {
        JsonArray args = Json.createArrayBuilder()
                .add(what)
                .add(id.value())
                .add(standing.value())
                .add(queue)
                .add(now.toEpochMilli())
                .build();
        Instant runAt = member == null ? null : now.plus(FIRST_LOOK);
        Envelope envelope = Envelope.builder(self, JobDefinition.BATCH, queue, args, now)
                .encoding(ENCODING)
                .lane(Lane.FRONT)
                .runAt(runAt)
                .batch(member)
                .retry(RETRY)
                .build();
        DeliveryState state = DeliveryState.FRESH.withLane(Lane.FRONT).withNotBefore(runAt);
        return new QueuedJob(queue, self, codec.encode(envelope), state, member == null);
    }

    // --- looking

    /** The batches for which some of these jobs stand. */
    List<BatchId> among(Set<String> queues, List<JobId> ids) {
        List<BatchId> found = new ArrayList<>();
        for (JobId id : ids) {
            for (String queue : queues) {
                Optional<StoredJob> job = OwnJobs.find(broker, queue, id);
                if (job.isPresent()) {
                    inner(job.get().job()).ifPresent(found::add);
                    break;
                }
            }
        }
        return found;
    }

    private Optional<BatchId> inner(QueuedJob job) {
        try {
            Envelope envelope = codec.decode(job.envelope());
            return envelope.handler().equals(JobDefinition.BATCH)
                    ? Optional.of(BatchId.of(envelope.args().getString(1)))
                    : Optional.empty();
        } catch (UndecodableEnvelopeException somebodyElses) {
            return Optional.empty();
        }
    }

    // --- the job of our own

    JobDefinition definition(InstantSource clock) {
        return new JobDefinition(
                JobDefinition.BATCH,
                Set.of(),
                Set.of(),
                List.of(String.class, String.class, String.class, String.class, long.class),
                new JobDefinition.Settings(
                        JobOptions.NONE,
                        List.of(BatchNotSucceededException.class),
                        false,
                        arguments -> run(arguments, clock),
                        "the job that stands for a batch in another one"));
    }

    private @Nullable Object run(List<?> arguments, InstantSource clock) {
        BatchId id = BatchId.of(String.valueOf(arguments.get(1)));
        JobId standing = JobId.of(String.valueOf(arguments.get(2)));
        String queue = String.valueOf(arguments.get(3));
        if (ENDED.equals(arguments.get(0))) {
            wake(id, standing, queue);
            return null;
        }
        long made = ((Number) Objects.requireNonNull(arguments.get(4))).longValue();
        look(id, standing, queue, Duration.between(Instant.ofEpochMilli(made), clock.instant()));
        return null;
    }

    /** Puts what stands for a batch ahead, for that has ended. Where it is not there it has ended, or will see it by itself. */
    private void wake(BatchId id, JobId standing, String queue) {
        StoredJob job = OwnJobs.find(broker, queue, standing).orElse(null);
        if (job == null || !inner(job.job()).equals(Optional.of(id))) {
            return;
        }
        boolean missed = job.place() == Place.SCHEDULED
                && broker.housekeeping()
                        .prioritise(queue, Set.of(Place.SCHEDULED), List.of(standing))
                        .isEmpty();
        if (missed || job.place() == Place.RUNNING) {
            throw new Snooze(SOON); // it may have looked before the batch ended
        }
    }

    private void look(BatchId id, JobId self, String queue, Duration age) {
        BatchStatus status =
                broker.batches().find(id).map(BatchLedger.Kept::status).orElse(null);
        BatchState state = status == null ? BatchState.IN_PROGRESS : status.state();
        switch (state) {
            case IN_PROGRESS -> unended(id, self, queue, status, age);
            case SUCCESS -> {}
            case CANCELLED -> cancelled(self, queue);
            case DEAD, PARTIAL_SUCCESS ->
                throw new BatchNotSucceededException("GOOSE-2311: batch " + id + ", for which job " + self
                        + " stands in another batch, has ended as " + state.text()
                        + "; look at the jobs of it that are dead");
        }
    }

    private void unended(BatchId id, JobId self, String queue, @Nullable BatchStatus status, Duration age) {
        if (status == null && age.compareTo(TO_BE_MADE) > 0) {
            LOG.log(
                    WARNING,
                    () -> "GOOSE-2312: batch " + id + ", for which job " + self
                            + " stands in another batch, is not there: it"
                            + " was not made within " + TO_BE_MADE
                            + ", or was deleted; it is not waited for, and counts there as cancelled");
            cancelled(self, queue);
        }
        if (status != null && !status.sealed() && age.compareTo(TO_BE_SEALED) > 0) {
            LOG.log(
                    WARNING,
                    () -> "GOOSE-2313: batch " + id + ", for which job " + self
                            + " stands in another batch, is cancelled,"
                            + " for its making was not completed within " + TO_BE_SEALED
                            + "; repeat the making with the id of the batch in time, or make it anew");
            batches.cancel(id);
            cancelled(self, queue);
        }
        Duration pause = age.dividedBy(8);
        throw new Snooze(
                pause.compareTo(FIRST_LOOK) < 0
                        ? FIRST_LOOK
                        : pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    }

    /** Ends as cancelled: what is asked to be cancelled, and would be there again, is removed. */
    private void cancelled(JobId self, String queue) {
        broker.cancel(queue, self);
        throw new Snooze(SOON);
    }
}
