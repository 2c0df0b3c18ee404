package io.goose.examples.studio.work;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.gallery.Task;
import io.goose.examples.studio.gallery.TaskState;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Tells the customer that a gallery can be looked at. */
@ApplicationScoped
public class Notices {

    static final String QUEUE = "notices";
    private static final String TASK = "notice";
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    @Inject
    Gallery gallery;

    @Inject
    GooseClient goose;

    @Inject
    JobRun run;

    /**
     * Sends the notice of a shoot if all its photos are finished, else enqueues the next look. To wait is no failure, so
     * each look is a job of its own and not a retry.
     */
    @Job(queue = QUEUE, maxRetries = 5)
    public void galleryReady(String shoot) {
        List<Photo> photos = gallery.shoot(shoot);
        if (photos.isEmpty()) {
            return; // cleared in the meantime
        }
        if (photos.stream().allMatch(Photo::finished)) {
            gallery.send(shoot, text(photos));
        } else {
            goose.with(look(shoot, next(run.id()))).performIn(LOOK_AGAIN, Notices::galleryReady, shoot);
        }
    }

    /** How a look is enqueued. */
    static JobOptions look(String shoot, JobId id) {
        return JobOptions.builder()
                .id(id)
                .header(Intake.SHOOT_HEADER, shoot)
                .header(Intake.TASK_HEADER, TASK)
                .build();
    }

    /** The id of the look that follows this one: a look that runs twice enqueues the next one once. */
    static JobId next(JobId look) {
        return JobId.of(UUID.nameUUIDFromBytes((look.value() + "/next").getBytes(StandardCharsets.UTF_8)));
    }

    static String text(List<Photo> photos) {
        List<Task> tasks = photos.stream().flatMap(p -> p.tasks().stream()).toList();
        long failed = photos.stream()
                .filter(p -> p.tasks().stream().anyMatch(t -> t.state() == TaskState.DEAD))
                .count();
        long done = tasks.stream().filter(t -> t.state() == TaskState.DONE).count();
        String text = "Your gallery is ready: " + count(photos) + ", " + done + " of " + tasks.size() + " jobs done.";
        return failed == 0 ? text : text + " " + failed + " could not be developed; see the dead set.";
    }

    static String count(List<Photo> photos) {
        return photos.size() == 1 ? "1 photo" : photos.size() + " photos";
    }
}
