package io.goose.broker.composed;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.spi.AskedJobs;
import io.goose.spi.Housekeeping;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Cancels jobs of a transport and its ledger. What has a row and does not run is removed; of what runs, or may be anywhere, the sessions
 * are asked. Thread-safe.
 */
final class ComposedCancels {

    private static final int MOST_TRIES = 20;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Set<Place> NOT_BEGUN = EnumSet.of(Place.WAITING, Place.SCHEDULED, Place.PARKED);

    private final Halves halves;
    private final AskedJobs asked;
    private final Housekeeping housekeeping;
    private final Consumer<JobId> tell;

    /**
     * @param housekeeping of both halves
     * @param tell tells the sessions of this process
     */
    ComposedCancels(Halves halves, AskedJobs asked, Housekeeping housekeeping, Consumer<JobId> tell) {
        this.halves = halves;
        this.asked = asked;
        this.housekeeping = housekeeping;
        this.tell = tell;
    }

    /** A job that moves while it is looked for is looked for again; one that begins is asked for, and looked for once more. */
    CancelResult cancel(String queue, JobId id) {
        boolean isAsked = false;
        for (int tried = 0; tried < MOST_TRIES; tried++) {
            if (remove(queue, id)) {
                if (isAsked) {
                    asked.remove(List.of(id));
                }
                return CancelResult.REMOVED;
            }
            Optional<Place> place = find(queue, id).map(StoredJob::place);
            if (isAsked) {
                return CancelResult.ASKED; // it went on running, or has ended since
            } else if (place.isEmpty() || place.get() == Place.DEAD) {
                return CancelResult.NOT_FOUND;
            } else if (place.get() == Place.RUNNING) {
                ask(id);
                isAsked = true;
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        ask(id);
        return CancelResult.ASKED;
    }

    private boolean remove(String queue, JobId id) {
        Housekeeping where = halves.knowsIds() ? housekeeping : halves.ledger().housekeeping();
        return !where.delete(queue, NOT_BEGUN, List.of(id)).isEmpty();
    }

    private Optional<StoredJob> find(String queue, JobId id) {
        Optional<StoredJob> there = halves.knowsIds() ? halves.view().find(queue, id) : Optional.empty();
        return there.isPresent() ? there : halves.ledger().find(queue, id);
    }

    private void ask(JobId id) {
        asked.add(id);
        tell.accept(id);
    }

    /** For one that has no row. */
    CancelResult unseen(JobId id, Set<String> queues) {
        boolean allAreFound = halves.knowsIds() || halves.hasAllRows();
        if (allAreFound || queues.stream().anyMatch(queue -> isDead(queue, id))) {
            return CancelResult.NOT_FOUND;
        }
        ask(id);
        return CancelResult.ASKED;
    }

    private boolean isDead(String queue, JobId id) {
        return halves.ledger()
                .find(queue, id)
                .filter(job -> job.place() == Place.DEAD)
                .isPresent();
    }
}
