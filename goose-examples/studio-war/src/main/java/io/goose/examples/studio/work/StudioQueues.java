package io.goose.examples.studio.work;

import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.gallery.Photo;
import io.goose.job.DeliveryState.Failures;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.UndecodableEnvelopeException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The studio's jobs as the broker has them: how many, which notices are due, which jobs failed with every retry. */
@ApplicationScoped
public class StudioQueues {

    private static final List<String> NAMES = List.of(PhotoJobs.QUEUE, Notices.QUEUE, ContactSheets.QUEUE);
    private static final int SHOWN = 100;

    /**
     * A notice that waits for its time.
     *
     * @param job the job that will look whether it can be sent
     * @param about the photos it is about, in words
     * @param inMillis from now; 0 if it is due
     */
    public record Due(String job, String about, long inMillis) {}

    /**
     * A dead job.
     *
     * @param job its id
     * @param about the name of its photo, for a notice the photos in words; empty if they are no longer in the gallery
     * @param task what it was to do
     * @param runs how often it ran
     * @param failure the last failure in words
     * @param diedAt epoch milliseconds
     */
    public record Dead(String job, String about, String task, int runs, String failure, long diedAt) {}

    @Inject
    QueueAdmin admin;

    @Inject
    EnvelopeCodec envelopes;

    @Inject
    Gallery gallery;

    /** How many jobs each queue holds, and in which places. */
    public List<QueueStats> sizes() {
        return NAMES.stream().map(admin::stats).toList();
    }

    /** The notices that wait, the next first; not those whose photos are no longer there. */
    public List<Due> due() {
        Instant now = Instant.now();
        return admin.list(Notices.QUEUE, Place.SCHEDULED, 0, SHOWN).stream()
                .map(stored -> due(stored, now))
                .filter(due -> !due.about().isEmpty())
                .toList();
    }

    /** The latest dead jobs, the last that died first. */
    public List<Dead> dead() {
        return NAMES.stream()
                .flatMap(queue -> admin.list(queue, Place.DEAD, 0, SHOWN).stream())
                .map(this::dead)
                .sorted(Comparator.comparingLong(Dead::diedAt).reversed())
                .limit(SHOWN)
                .toList();
    }

    /**
     * Sends a dead job anew, with all its retries.
     *
     * @return whether it was there
     */
    public boolean replay(String job) {
        return findDead(job).filter(this::replay).isPresent();
    }

    private boolean replay(StoredJob dead) {
        Map<String, String> headers = headers(dead);
        String photo = headers.get(Intake.PHOTO_HEADER);
        String task = headers.get(Intake.TASK_HEADER);
        if (photo != null && task != null) {
            // Before the job is sent: it may run at once, and what it says then must not be overwritten.
            gallery.taskWaiting(photo, task);
        }
        return admin.replay(dead.job().id());
    }

    /**
     * Forgets a dead job.
     *
     * @return whether it was there
     */
    public boolean discard(String job) {
        return findDead(job).filter(dead -> admin.delete(dead.job().id())).isPresent();
    }

    /** Forgets all dead jobs. */
    public void discardAll() {
        for (String queue : NAMES) {
            List<StoredJob> dead = admin.list(queue, Place.DEAD, 0, SHOWN);
            while (!dead.isEmpty()) {
                dead.forEach(stored -> admin.delete(stored.job().id()));
                dead = admin.list(queue, Place.DEAD, 0, SHOWN);
            }
        }
    }

    private Optional<StoredJob> findDead(String job) {
        return id(job).flatMap(admin::find).filter(stored -> stored.place() == Place.DEAD);
    }

    private static Optional<JobId> id(String text) {
        try {
            return Optional.of(JobId.of(text));
        } catch (IllegalArgumentException noJobHasIt) {
            return Optional.empty();
        }
    }

    private Due due(StoredJob stored, Instant now) {
        Instant at = stored.job().state().notBefore();
        long inMillis = at == null ? 0 : Math.max(0, Duration.between(now, at).toMillis());
        return new Due(stored.job().id().value(), about(headers(stored)), inMillis);
    }

    private Dead dead(StoredJob stored) {
        Map<String, String> headers = headers(stored);
        Failures failures = stored.job().state().failures();
        return new Dead(
                stored.job().id().value(),
                about(headers),
                headers.getOrDefault(Intake.TASK_HEADER, ""),
                stored.job().state().attempt(),
                failures.last() == null ? "" : failures.last().message(),
                failures.diedAt() == null ? 0 : failures.diedAt().toEpochMilli());
    }

    private String about(Map<String, String> headers) {
        Stream<String> photo = Stream.ofNullable(headers.get(Intake.PHOTO_HEADER))
                .flatMap(id -> gallery.find(id).stream())
                .map(Photo::name);
        Stream<String> shoot = Stream.ofNullable(headers.get(Intake.SHOOT_HEADER))
                .map(gallery::shoot)
                .filter(photos -> !photos.isEmpty())
                .map(Notices::count);
        return Stream.concat(photo, shoot).findFirst().orElse("");
    }

    private Map<String, String> headers(StoredJob stored) {
        try {
            return envelopes.decode(stored.job().envelope()).headers();
        } catch (UndecodableEnvelopeException notOurs) {
            return Map.of(); // another program wrote it: it is listed, but nobody can say what it is about
        }
    }
}
