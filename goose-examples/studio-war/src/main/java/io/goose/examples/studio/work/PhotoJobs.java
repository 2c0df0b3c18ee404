package io.goose.examples.studio.work;

import io.goose.Discard;
import io.goose.Job;
import io.goose.JobRun;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.imaging.MetadataReader;
import io.goose.examples.studio.imaging.Thumbnail;
import io.goose.examples.studio.imaging.ThumbnailMaker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;

/**
 * What is done to each photo.
 *
 * <p>A job may run twice, so each writes the same files again with the same content. A damaged file fails each time; two
 * quick retries give the customer something to watch, then the job is buried in the dead set.
 */
@ApplicationScoped
public class PhotoJobs {

    static final String QUEUE = "photos";
    private static final String RETRY_DELAY = "fixed:PT2S";

    @Inject
    Gallery gallery;

    @Inject
    ThumbnailMaker thumbnails;

    @Inject
    MetadataReader metadata;

    @Inject
    JobRun run;

    /** Makes the thumbnail of a photo whose longest edge has {@code size} pixels. */
    @Job(queue = QUEUE, maxRetries = 2, retryDelay = RETRY_DELAY)
    public void makeThumbnail(String photoId, int size) throws IOException {
        String task = PhotoTask.thumbnail(size);
        begin(photoId, task);
        Thumbnail made = thumbnails.make(
                gallery.original(photoId), size, percent -> gallery.taskProgress(photoId, task, percent));
        gallery.keep(photoId, PhotoTask.thumbnailFile(size), made.jpeg());
        String result = made.width() + " × " + made.height() + ", " + kilobytes(made.jpeg().length);
        gallery.taskDone(photoId, task, run.attempt(), result);
    }

    /** Reads what a photo tells of its camera, its exposure and itself. */
    @Job(queue = QUEUE, maxRetries = 2, retryDelay = RETRY_DELAY)
    public void readMetadata(String photoId) throws IOException {
        begin(photoId, PhotoTask.METADATA);
        MetadataReader.Found found = metadata.read(gallery.original(photoId));
        gallery.keepFacts(photoId, found.telling(), found.all());
        gallery.taskDone(photoId, PhotoTask.METADATA, run.attempt(), found.all().size() + " facts");
    }

    private void begin(String photoId, String task) {
        if (gallery.find(photoId).isEmpty()) {
            throw new Discard("photo " + photoId + " was removed from the gallery");
        }
        gallery.taskRunning(photoId, task, run.attempt());
    }

    private static String kilobytes(int bytes) {
        return Math.max(1, Math.round(bytes / 1000.0)) + " kB";
    }
}
