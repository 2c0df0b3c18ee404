package io.goose.examples.studio.work;

import io.goose.Job;
import io.goose.RetryLater;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.gallery.Task;
import io.goose.examples.studio.gallery.TaskState;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;

/** Tells the customer that a gallery can be looked at. */
@ApplicationScoped
public class Notices {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final int LOOKS = 900; // half an hour

    @Inject
    Gallery gallery;

    /** Sends the notice of a shoot once all its photos are finished; until then it asks to be run again. */
    @Job(queue = "notices", maxRetries = LOOKS)
    public void galleryReady(String shoot) {
        List<Photo> photos = gallery.shoot(shoot);
        if (photos.isEmpty()) {
            return; // cleared in the meantime
        }
        if (!photos.stream().allMatch(Photo::finished)) {
            throw new RetryLater(LOOK_AGAIN, "the photos are not finished yet");
        }
        gallery.send(shoot, text(photos));
    }

    static String text(List<Photo> photos) {
        List<Task> tasks = photos.stream().flatMap(p -> p.tasks().stream()).toList();
        long failed = photos.stream()
                .filter(p -> p.tasks().stream().anyMatch(t -> t.state() == TaskState.DEAD))
                .count();
        long done = tasks.stream().filter(t -> t.state() == TaskState.DONE).count();
        String good = photos.size() == 1 ? "1 photo" : photos.size() + " photos";
        String text = "Your gallery is ready: " + good + ", " + done + " of " + tasks.size() + " jobs done.";
        return failed == 0 ? text : text + " " + failed + " could not be developed; see the dead set.";
    }
}
