package io.goose.engine.batch;

import io.goose.JobCall;
import io.goose.engine.batch.Batches.Made;
import io.goose.engine.batch.Batches.Maker;
import io.goose.job.BatchId;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Calls that are made jobs in parts which a ledger takes, one at a time. Confined to the thread that makes the batch. */
final class Parts {

    private static final int MOST_BYTES = 900_000;

    private final BatchId id;
    private final Iterator<JobCall> calls;
    private final Maker maker;
    private int taken;

    Parts(BatchId id, Iterator<JobCall> calls, Maker maker) {
        this.id = id;
        this.calls = calls;
        this.maker = maker;
    }

    BatchId id() {
        return id;
    }

    /**
     * A part.
     *
     * @param offset how many calls there were before it
     * @param from the index of its first member
     * @param isLast whether nothing comes after it
     */
    record Part(int offset, int from, List<JobCall> calls, List<QueuedJob> jobs, Set<String> queues, boolean isLast) {}

    /** The next part, whose first member has this index; the last one may be empty. */
    Part next(int from) {
        List<JobCall> some = new ArrayList<>();
        List<QueuedJob> jobs = new ArrayList<>();
        Set<String> queues = new LinkedHashSet<>();
        int offset = taken;
        long bytes = 0;
        while (calls.hasNext() && jobs.size() < BatchLedger.MOST && bytes < MOST_BYTES) {
            JobCall call = calls.next();
            Made made = maker.member(call, new BatchId.Member(id, from + jobs.size()));
            some.add(call);
            jobs.add(made.job());
            queues.addAll(made.queues());
            bytes += made.job().envelope().size();
            taken++;
        }
        return new Part(offset, from, some, jobs, queues, !calls.hasNext());
    }

    /** The same part for another index. */
    Part again(Part part, int from) {
        List<QueuedJob> jobs = new ArrayList<>();
        for (JobCall call : part.calls()) {
            jobs.add(maker.member(call, new BatchId.Member(id, from + jobs.size()))
                    .job());
        }
        return new Part(part.offset(), from, part.calls(), jobs, part.queues(), part.isLast());
    }
}
