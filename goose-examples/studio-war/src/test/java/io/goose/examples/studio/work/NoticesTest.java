package io.goose.examples.studio.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.examples.studio.gallery.Photo;
import io.goose.examples.studio.gallery.Task;
import io.goose.examples.studio.gallery.TaskState;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NoticesTest {

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

    private static Photo photo(String id, TaskState... states) {
        List<Task> tasks = IntStream.range(0, states.length)
                .mapToObj(i -> new Task("thumbnail-" + i, id + i, states[i], 1, 100, "", 0))
                .toList();
        return new Photo(id, "shoot", id + ".jpg", 1, 0, tasks, List.of());
    }
}
