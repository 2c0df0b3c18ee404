package io.goose.examples.studio.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.examples.studio.gallery.Notice;
import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.gallery.Task;
import io.goose.examples.studio.gallery.TaskState;
import io.goose.job.DeliveryState.Failures;
import io.goose.job.JobId;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticesTest {

    private static final String SHOOT = "7d8e8f6e-93c1-4f3e-8e0e-5f0e0d1c2b3a";

    @Test
    void aGoodShoot_isReady() {
        assertThat(Notices.text(List.of(photo("a", TaskState.DONE, TaskState.DONE), photo("b", TaskState.DONE))))
                .isEqualTo("Your gallery is ready: 2 photos, 3 of 3 jobs done.");
    }

    @Test
    void aDamagedPhoto_isCountedOnce() {
        assertThat(Notices.text(List.of(photo("a", TaskState.DEAD, TaskState.DEAD, TaskState.DONE))))
                .isEqualTo(
                        "Your gallery is ready: 1 photo, 1 of 3 jobs done. 1 could not be developed; see the dead set.");
    }

    @Test
    void anUnfinishedShoot_isLookedAtAgain_withoutAFailure(@TempDir Path dir) throws Exception {
        try (StudioWorkshop studio = new StudioWorkshop(dir)) {
            studio.add("p", SHOOT, "slow.jpg");
            JobId first = JobId.of(SHOOT);
            studio.goose.client().with(Notices.look(SHOOT, first)).performAsync(Notices::galleryReady, SHOOT);
            QueueAdmin admin = studio.goose.admin();
            StudioWorkshop.await(() -> admin.find(Notices.next(first)).isPresent());
            assertThat(admin.find(Notices.next(first))).hasValueSatisfying(second -> {
                assertThat(second.place()).isEqualTo(Place.SCHEDULED);
                assertThat(second.job().state().failures()).isEqualTo(Failures.NONE);
            });
            assertThat(studio.gallery.notices()).isEmpty();

            studio.gallery.taskDone("p", PhotoTask.METADATA, 1, "7 facts");
            StudioWorkshop.await(() -> !studio.gallery.notices().isEmpty());
            assertThat(studio.gallery.notices())
                    .extracting(Notice::text)
                    .containsExactly("Your gallery is ready: 1 photo, 1 of 1 jobs done.");
            assertThat(studio.queues.due()).isEmpty();
        }
    }

    @Test
    void aLookThatRunsTwice_enqueuesTheSameNextOne() {
        JobId look = JobId.of(SHOOT);
        assertThat(Notices.next(look)).isEqualTo(Notices.next(look)).isNotEqualTo(look);
        assertThat(Notices.next(Notices.next(look))).isNotEqualTo(Notices.next(look));
    }

    private static Photo photo(String id, TaskState... states) {
        List<Task> tasks = IntStream.range(0, states.length)
                .mapToObj(i -> new Task("thumbnail-" + i, id + i, states[i], 1, 100, "", 0))
                .toList();
        return new Photo(id, "shoot", id + ".jpg", 1, 0, tasks, List.of());
    }
}
