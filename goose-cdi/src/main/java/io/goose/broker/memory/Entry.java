package io.goose.broker.memory;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Lease;
import io.goose.spi.LimitedJob;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One stored job. All fields are guarded by the store's lock; only {@link MemoryQueue} moves it between places. */
final class Entry {
    final JobId id;
    final String queue;
    final boolean marked;
    EncodedEnvelope envelope;
    DeliveryState state;
    Place place = Place.WAITING;

    /** When a scheduled job is due; not to be changed while it is in the scheduled set, which is ordered by it. */
    Instant due = Instant.EPOCH;

    /** The order of arrival in the scheduled set, for jobs due at the same time. */
    long arrival;

    /** Whether it was leased before. */
    boolean leasedBefore;

    /** Whether somebody has cancelled it while it was leased: it is not put back, wherever that happens. */
    boolean cancelled;

    /** Why a parked job is parked; null elsewhere. */
    @Nullable String note;

    /** What a session must announce to get this job out of its place; null if it waits for nobody in particular. */
    @Nullable String need;

    /** What limits go by; null until somebody asked. */
    @Nullable LimitedJob limited;

    /** The lease of a running job; null elsewhere. */
    @Nullable Lease lease;

    /** Who runs a running job; null elsewhere. */
    @Nullable Standing holder;

    Entry(QueuedJob job) {
        this.id = job.id();
        this.envelope = job.envelope();
        this.queue = job.queue();
        this.marked = job.marked();
        this.state = job.state();
    }

    /** Whether this job may have killed a worker. */
    boolean isSuspect() {
        return state.crashes() > 0;
    }

    QueuedJob asJob() {
        return new QueuedJob(queue, id, envelope, state, marked);
    }

    StoredJob asStored() {
        return new StoredJob(asJob(), place, note);
    }
}
