package io.goose.examples.studio.work;

import io.goose.JobCall;
import io.goose.job.JobId;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** How the tasks of a photo are named, and which job does which. */
final class PhotoTask {

    static final String METADATA = "metadata";
    private static final String THUMBNAIL = "thumbnail-";

    private PhotoTask() {}

    static String thumbnail(int size) {
        return THUMBNAIL + size;
    }

    static String thumbnailFile(int size) {
        return thumbnail(size) + ".jpg";
    }

    /** The job of a task has always the same id: sent twice, it is enqueued once. */
    static JobId jobId(String photoId, String task) {
        return JobId.of(UUID.nameUUIDFromBytes((photoId + '/' + task).getBytes(StandardCharsets.UTF_8)));
    }

    /** The call that does this task. */
    static JobCall call(String photoId, String task) {
        return task.equals(METADATA)
                ? JobCall.of(PhotoJobs::readMetadata, photoId)
                : JobCall.of(PhotoJobs::makeThumbnail, photoId, Integer.parseInt(task.substring(THUMBNAIL.length())));
    }
}
