package io.goose.examples.studio.work;

import io.goose.GooseClient;
import io.goose.GooseException;
import io.goose.examples.studio.StudioSettings;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.gallery.Task;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Takes photos in: keeps them, and enqueues a job for each thing to be done to them. */
@ApplicationScoped
public class Intake {

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

    /** Starts a shoot: photos that are brought in together and get one notice. */
    public String openShoot() {
        return UUID.randomUUID().toString();
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
     * Ends a shoot: a delayed job tells the customer when all its photos are finished. That job has the shoot's id, so that
     * ending a shoot twice enqueues it once.
     */
    public void closeShoot(String shoot) {
        goose.with(Notices.look(shoot, JobId.of(shoot)))
                .performIn(settings.noticeDelay(), Notices::galleryReady, shoot);
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
