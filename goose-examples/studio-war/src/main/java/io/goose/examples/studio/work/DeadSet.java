package io.goose.examples.studio.work;

import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.job.DeliveryState;
import io.goose.job.Failure;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The photo jobs that failed with every retry, as the broker keeps them. */
@ApplicationScoped
public class DeadSet {

    private static final int SHOWN = 100;

    /**
     * A dead job.
     *
     * @param job its id
     * @param photo the name of the photo it was for; empty if that is no longer in the gallery
     * @param task what it was to do; empty likewise
     * @param runs how often it ran
     * @param failure the last failure in words
     * @param diedAt epoch milliseconds
     */
    public record Entry(String job, String photo, String task, int runs, String failure, long diedAt) {}

    private record Purpose(String photoId, String photo, String task) {}

    @Inject
    QueueAdmin admin;

    @Inject
    Gallery gallery;

    /** How many photo jobs the broker holds, and in which places. */
    public QueueStats queue() {
        return admin.stats(PhotoJobs.QUEUE);
    }

    /** The latest of them, the last that died first. */
    public List<Entry> latest() {
        return admin.list(PhotoJobs.QUEUE, Place.DEAD, 0, SHOWN).stream()
                .map(this::entry)
                .toList();
    }

    /**
     * Sends a dead job anew, with all its retries.
     *
     * @return whether it was there
     */
    public boolean replay(String job) {
        // Before the job is sent: it may run at once, and what it says then must not be overwritten.
        Optional<Purpose> purpose = purpose(job);
        purpose.ifPresent(p -> gallery.taskWaiting(p.photoId(), p.task()));
        return admin.replay(new JobId(job));
    }

    /**
     * Forgets a dead job.
     *
     * @return whether it was there
     */
    public boolean discard(String job) {
        return admin.delete(new JobId(job));
    }

    /** Forgets all dead photo jobs. */
    public void discardAll() {
        List<StoredJob> dead = admin.list(PhotoJobs.QUEUE, Place.DEAD, 0, SHOWN);
        while (!dead.isEmpty()) {
            dead.forEach(stored -> admin.delete(stored.job().id()));
            dead = admin.list(PhotoJobs.QUEUE, Place.DEAD, 0, SHOWN);
        }
    }

    private Entry entry(StoredJob stored) {
        String job = stored.job().id().value();
        DeliveryState state = stored.job().state();
        Purpose purpose = purpose(job).orElseGet(() -> new Purpose("", "", ""));
        Failure last = state.failures().last();
        Instant died = state.failures().diedAt();
        return new Entry(
                job,
                purpose.photo(),
                purpose.task(),
                state.attempt(),
                last == null ? "" : last.message(),
                died == null ? 0 : died.toEpochMilli());
    }

    private Optional<Purpose> purpose(String job) {
        return gallery.photos().stream()
                .flatMap(photo -> photo.tasks().stream()
                        .filter(task -> task.jobId().equals(job))
                        .map(task -> new Purpose(photo.id(), photo.name(), task.name())))
                .findFirst();
    }
}
