package io.goose.examples.studio.work;

import io.goose.GooseClient;
import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.examples.studio.StudioSettings;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.gallery.Task;
import io.goose.job.BatchId;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Takes photos in: keeps them, and enqueues a job for each thing to be done to them. */
@ApplicationScoped
public class Intake {

    private static final Logger LOG = System.getLogger(Intake.class.getName());

    /** Headers that tell what a job is about. */
    static final String PHOTO_HEADER = "studio.photo";

    static final String SHOOT_HEADER = "studio.shoot";
    static final String TASK_HEADER = "studio.task";

    @Inject
    Gallery gallery;

    @Inject
    GooseClient goose;

    @Inject
    StudioSettings settings;

    @Inject
    ContactSheets sheets;

    /** Starts a shoot: photos that are brought in together and get one notice and one contact sheet, whose batch has this id. */
    public String openShoot() {
        return BatchId.draw(Instant.now()).value();
    }

    /** Whether this can be the id of a shoot. */
    public static boolean isShoot(String text) {
        try {
            return BatchId.of(text).value().equals(text);
        } catch (IllegalArgumentException notOne) {
            return false;
        }
    }

    /**
     * Takes one photo. When this returns, the photo is on disk and its jobs are in the broker.
     *
     * @throws GooseException if they could not be enqueued; the photo is not kept then
     */
    public Photo take(String shoot, String name, InputStream content) throws IOException {
        String photoId = UUID.randomUUID().toString();
        Map<String, String> taskJobs = new LinkedHashMap<>();
        settings.sizes().forEach(size -> register(taskJobs, photoId, PhotoTask.thumbnail(size)));
        register(taskJobs, photoId, PhotoTask.METADATA);
        Photo photo = gallery.add(photoId, shoot, name, taskJobs, content);
        try {
            photo.tasks().forEach(task -> send(photoId, task.name()));
        } catch (GooseException e) {
            gallery.remove(photoId); // jobs that were enqueued already find no photo and discard themselves
            throw e;
        }
        return photo;
    }

    /**
     * Ends a shoot: a delayed job tells the customer when all its photos are finished, and the contact sheet is ordered. The
     * ids of both follow from the shoot's, so that ending a shoot twice enqueues them once.
     */
    public void closeShoot(String shoot) {
        goose.with(Notices.look(shoot, noticeId(shoot)))
                .performIn(settings.noticeDelay(), Notices::galleryReady, shoot);
        try {
            sheets.order(shoot);
        } catch (UnsupportedCapabilityException e) {
            LOG.log(Level.DEBUG, "No contact sheet: {0}", e.getMessage()); // the page says so
        }
    }

    private static JobId noticeId(String shoot) {
        return JobId.of(UUID.nameUUIDFromBytes((shoot + "/notice").getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Enqueues again what is not finished. Where the broker still has the job, its id keeps it from being enqueued twice;
     * where it has not, because it is another broker or an empty one, the work goes on there.
     *
     * @return how many tasks were not finished
     */
    public int resume() {
        int sent = 0;
        for (Photo photo : gallery.photos()) {
            for (Task task : photo.tasks()) {
                if (!task.state().isEnd()) {
                    send(photo.id(), task.name());
                    sent++;
                }
            }
        }
        return sent;
    }

    private static void register(Map<String, String> taskJobs, String photoId, String task) {
        taskJobs.put(task, PhotoTask.jobId(photoId, task).value());
    }

    private void send(String photoId, String task) {
        goose.with(o -> o.id(PhotoTask.jobId(photoId, task))
                        .header(PHOTO_HEADER, photoId)
                        .header(TASK_HEADER, task))
                .performAsync(PhotoTask.call(photoId, task));
    }
}
