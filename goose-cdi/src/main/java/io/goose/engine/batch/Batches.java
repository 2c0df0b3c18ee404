package io.goose.engine.batch;

import io.goose.Batch;
import io.goose.BatchOptions;
import io.goose.BatchOverException;
import io.goose.JobCall;
import io.goose.admin.Place;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.observe.Observation;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.BatchLedger.Added;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.BatchLedger.Plan;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes, changes and cancels the batches of one broker. Holds no more than a part of a batch at a time. Thread-safe. */
public final class Batches {

    private static final Set<Place> REMOVED_FROM = Set.of(Place.WAITING, Place.SCHEDULED, Place.PARKED);

    private final Broker broker;
    private final Observation observation;
    private final InnerBatches inner;

    /**
     * @param observation who is told of members
     */
    public Batches(Broker broker, Observation observation) {
        this.broker = broker;
        this.observation = observation;
        this.inner = new InnerBatches(broker, this);
    }

    /** The job of our own that stands for a batch in another one. */
    public JobDefinition standing(InstantSource clock) {
        return inner.definition(clock);
    }

    /** How a client makes jobs of calls. */
    public interface Maker {

        /** A member of a batch. */
        Made member(JobCall call, BatchId.Member member);

        /** A callback with this id, in this queue. */
        QueuedJob callback(JobCall call, JobId id, String queue);

        /** Where a call would be enqueued if nobody said otherwise; null for one of which nothing is known. */
        String queue(@Nullable JobCall call);

        /** The same for jobs of a batch with other options. */
        Maker of(BatchOptions options);

        /** The time by the clock of this host. */
        Instant now();
    }

    /**
     * A job.
     *
     * @param queues where it can be, now or later
     */
    public record Made(QueuedJob job, Set<String> queues) {}

    BatchLedger ledger() {
        return broker.batches();
    }

    // --- making

    /** The ids of batches in one, and of those in them: no two are alike, and they are the same if the making is repeated. */
    static final class Ids {
        private final BatchId root;
        private int place;

        Ids(BatchId root) {
            this.root = root;
        }

        BatchId next() {
            return WorkflowPlan.batch(root, place++);
        }
    }

    /** See {@link io.goose.GooseClient#performBatch}. */
    public BatchId perform(BatchOptions options, Iterable<JobCall> calls, Maker maker) {
        BatchId id = options.id().orElseGet(() -> BatchId.draw(maker.now()));
        return make(id, options, calls, maker, null, new Ids(id));
    }

    /**
     * Makes a batch.
     *
     * @param within where it is, if it is in another batch
     * @param ids of batches in it, and in those
     */
    BatchId make(
            BatchId id,
            BatchOptions options,
            Iterable<JobCall> calls,
            Maker maker,
            InnerBatches.@Nullable Within within,
            Ids ids) {
        BatchLedger ledger = ledger(); // or there is nothing to be done
        Plan plan = plan(id, options, maker, within == null ? null : within.called());
        Parts parts = new Parts(id, calls.iterator(), maker);
        int from = 0;
        boolean last;
        do {
            Parts.Part part = parts.next(from);
            last = part.isLast();
            String number = "made-" + part.offset(); // the same if all of this is repeated
            from = add(
                    ledger, parts, part, plan, number, last && options.inner().isEmpty());
            if (within != null && part.offset() == 0) {
                inner.stayOnlyWithin(within.outer(), id);
            }
        } while (!last);
        if (!options.inner().isEmpty()) {
            for (BatchOptions.Inner each : options.inner()) {
                BatchId own = ids.next();
                inner.add(id, each.options().id().orElse(own), each.options(), each.calls(), maker, ids);
            }
            add(ledger, parts, parts.next(from), plan, "sealed", true);
        }
        return id;
    }

    private int add(
            BatchLedger ledger, Parts parts, Parts.Part first, @Nullable Plan plan, String number, boolean seal) {
        Parts.Part part = first;
        while (true) {
            long begun = observation.begin();
            Added added = added(
                    ledger, new Addition(parts.id(), plan, number, part.from(), part.jobs(), part.queues(), seal));
            switch (added.result()) {
                case ADDED -> {
                    observation.added(begun, part.jobs());
                    return added.total();
                }
                case MOVED -> part = parts.again(part, added.total()); // others have added meanwhile
                case OVER -> throw over(parts.id());
                case UNKNOWN -> throw unknown(parts.id());
            }
        }
    }

    static BatchOverException over(BatchId id) {
        return new BatchOverException(
                id,
                "GOOSE-2255: batch " + id
                        + " takes no more jobs: all of its jobs have ended, or it was cancelled; add to it from"
                        + " one of its jobs, or make another");
    }

    static BatchOverException unknown(BatchId id) {
        return new BatchOverException(
                id,
                "GOOSE-2256: there is no batch " + id
                        + " on this broker; it is gone when it has lingered, or is another broker's");
    }

    private Added added(BatchLedger ledger, Addition addition) {
        try {
            return ledger.add(addition);
        } catch (RuntimeException failed) {
            notAdded(addition.members(), failed);
            throw failed;
        }
    }

    void notAdded(List<QueuedJob> jobs, RuntimeException failed) {
        observation.notAdded(jobs, failed);
    }

    private static Plan plan(BatchId id, BatchOptions options, Maker maker, @Nullable QueuedJob called) {
        String queue = home(id, options, maker);
        Map<BatchState, List<QueuedJob>> callbacks = new EnumMap<>(BatchState.class);
        for (BatchState state : BatchState.values()) {
            List<QueuedJob> jobs = new ArrayList<>();
            for (BatchOptions.Occasion occasion : BatchOptions.Occasion.values()) {
                if (occasion.is(state)) {
                    options.callback(occasion, id, state)
                            .ifPresent(call -> jobs.add(maker.callback(call, id.callback(occasion.number()), queue)));
                }
            }
            if (called != null && state != BatchState.IN_PROGRESS) {
                jobs.add(called);
            }
            callbacks.put(state, jobs);
        }
        boolean longer = called != null && options.linger().compareTo(InnerBatches.LEAST_LINGER) < 0;
        return new Plan(queue, longer ? InnerBatches.LEAST_LINGER : options.linger(), callbacks);
    }

    /** The queue of a batch. */
    static String home(BatchId id, BatchOptions options, Maker maker) {
        if (options.queue().isPresent()) {
            return options.queue().get();
        }
        for (BatchOptions.Occasion occasion : BatchOptions.Occasion.values()) {
            Optional<JobCall> call = options.callback(occasion, id, BatchState.SUCCESS);
            if (call.isPresent()) {
                return maker.queue(call.get());
            }
        }
        return maker.queue(null);
    }

    int addMore(BatchId id, Iterable<JobCall> calls, Maker maker) {
        BatchLedger ledger = ledger();
        Parts parts = new Parts(id, calls.iterator(), maker);
        int from = ledger.find(id).map(kept -> kept.status().counts().total()).orElse(0);
        boolean last;
        do {
            Parts.Part part = parts.next(from);
            last = part.isLast();
            from = add(ledger, parts, part, null, UUID.randomUUID().toString(), false);
        } while (!last);
        return from;
    }

    // --- changing

    /** See {@link Batch#cancel}. */
    boolean cancel(BatchId id) {
        return cancel(id, new HashSet<>());
    }

    /**
     * @param under what is being cancelled already: somebody may have put batches in each other
     */
    private boolean cancel(BatchId id, Set<BatchId> under) {
        if (!under.add(id)) {
            return false;
        }
        BatchLedger ledger = ledger();
        if (!ledger.cancel(id)) {
            return false;
        }
        Optional<BatchLedger.Kept> kept = ledger.find(id);
        int total = kept.map(batch -> batch.status().counts().total()).orElse(0);
        Set<String> queues =
                new LinkedHashSet<>(kept.map(BatchLedger.Kept::queues).orElse(Set.of()));
        boolean hasInner = queues.remove(InnerBatches.MARKER);
        for (int from = 0; from < total; from += BatchLedger.MOST) {
            List<JobId> open = ledger.unended(id, from, BatchLedger.MOST).stream()
                    .map(id::member)
                    .toList();
            List<BatchId> within = hasInner ? inner.among(queues, open) : List.of();
            within.forEach(each -> cancel(each, under)); // first: only what stands for them tells of them
            cancel(queues, open);
        }
        return true;
    }

    private void cancel(Set<String> queues, List<JobId> ids) {
        Set<JobId> left = new LinkedHashSet<>(ids);
        for (String queue : queues) {
            if (!left.isEmpty()) {
                broker.housekeeping()
                        .delete(queue, REMOVED_FROM, List.copyOf(left))
                        .forEach(left::remove);
            }
        }
        if (!broker.capabilities().contains(Capability.CANCEL)) {
            return; // those that run end as they will
        }
        for (JobId id : left) {
            for (String queue : queues) {
                if (broker.cancel(queue, id) != CancelResult.NOT_FOUND) {
                    break;
                }
            }
        }
    }

    /** See {@link Batch#delete}. */
    boolean delete(BatchId id) {
        boolean cancelled = cancel(id);
        return ledger().delete(id) || cancelled;
    }

    /** See {@link io.goose.GooseClient#batch}. */
    public Batch of(BatchId id, Maker maker) {
        return new Known(id, maker);
    }

    private final class Known implements Batch {
        private final BatchId id;
        private final Maker maker;

        private Known(BatchId id, Maker maker) {
            this.id = id;
            this.maker = maker;
        }

        @Override
        public BatchId id() {
            return id;
        }

        @Override
        public Optional<BatchStatus> status() {
            return ledger().find(id).map(BatchLedger.Kept::status);
        }

        @Override
        public int add(Iterable<JobCall> calls) {
            return addMore(id, calls, maker);
        }

        @Override
        public BatchId addBatch(BatchOptions options, Iterable<JobCall> calls) {
            BatchId own = options.id().orElseGet(() -> BatchId.draw(maker.now()));
            return inner.add(id, own, options, calls, maker, new Ids(own));
        }

        @Override
        public boolean cancel() {
            return Batches.this.cancel(id);
        }

        @Override
        public boolean delete() {
            return Batches.this.delete(id);
        }

        @Override
        public String toString() {
            return "Batch[" + id + "]";
        }
    }
}
