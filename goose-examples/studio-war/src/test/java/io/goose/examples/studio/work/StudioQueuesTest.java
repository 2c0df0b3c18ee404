package io.goose.examples.studio.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.examples.studio.gallery.Task;
import io.goose.examples.studio.gallery.TaskState;
import io.goose.job.JobId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StudioQueuesTest {

    private static final String SHOOT = "7d8e8f6e-93c1-4f3e-8e0e-5f0e0d1c2b3a";
    private static final String PHOTO = "0b6a4c59-0d3a-4b0c-9f5e-0a1a5f0c7d11";

    @TempDir
    Path dir;

    private StudioWorkshop studio;

    @BeforeEach
    void open() throws IOException {
        studio = new StudioWorkshop(dir);
        studio.add(PHOTO, SHOOT, "broken.jpg");
    }

    @AfterEach
    void close() throws Exception {
        studio.close();
    }

    @Test
    void aNoticeThatWaits_isDue_untilItsPhotosAreGone() {
        sendNotice(Duration.ofMinutes(1));
        assertThat(studio.queues.due()).singleElement().satisfies(due -> {
            assertThat(due.about()).isEqualTo("1 photo");
            assertThat(due.inMillis()).isBetween(1L, 60_000L);
        });
        studio.gallery.clear();
        assertThat(studio.queues.due()).isEmpty();
    }

    @Test
    void deadJobsOfBothQueues_areListed_replayed_andDiscarded() throws Exception {
        JobId photoJob = sendMetadata();
        StudioWorkshop.await(() -> studio.queues.dead().size() == 1);
        Files.delete(dir.resolve("notices"));
        Files.createFile(dir.resolve("notices")); // the notice cannot be written
        JobId notice = sendNotice(Duration.ZERO);
        StudioWorkshop.await(() -> studio.queues.dead().size() == 2);

        assertThat(studio.queues.dead())
                .satisfiesExactlyInAnyOrder(
                        first -> {
                            assertThat(first.job()).isEqualTo(notice.value());
                            assertThat(first.task()).isEqualTo("notice");
                            assertThat(first.about()).isEqualTo("1 photo");
                            assertThat(first.failure()).contains("cannot write");
                        },
                        second -> {
                            assertThat(second.job()).isEqualTo(photoJob.value());
                            assertThat(second.task()).isEqualTo("metadata");
                            assertThat(second.about()).isEqualTo("broken.jpg");
                        });

        Files.delete(dir.resolve("notices"));
        Files.createDirectory(dir.resolve("notices"));
        assertThat(studio.queues.replay(notice.value())).isTrue();
        StudioWorkshop.await(() -> studio.gallery.notices().size() == 1);
        assertThat(studio.queues.discard(photoJob.value())).isTrue();
        assertThat(studio.queues.discard(photoJob.value())).isFalse();
        assertThat(studio.queues.dead()).isEmpty();
    }

    @Test
    void allDead_areDiscardedTogether() throws Exception {
        sendMetadata();
        StudioWorkshop.await(() -> studio.queues.dead().size() == 1);
        studio.queues.discardAll();
        assertThat(studio.queues.dead()).isEmpty();
        assertThat(studio.queues.sizes())
                .allSatisfy(queue -> assertThat(queue.dead()).isZero());
    }

    @Test
    void onlyADeadJob_isReplayed_orDiscarded() {
        JobId waiting = sendNotice(Duration.ofMinutes(1));
        assertThat(studio.queues.replay(waiting.value())).isFalse();
        assertThat(studio.queues.discard(waiting.value())).isFalse();
        assertThat(studio.goose.admin().find(waiting))
                .hasValueSatisfying(job -> assertThat(job.place()).isEqualTo(Place.SCHEDULED));

        studio.gallery.taskDone(PHOTO, PhotoTask.METADATA, 1, "7 facts");
        assertThat(studio.queues.replay(
                        PhotoTask.jobId(PHOTO, PhotoTask.METADATA).value()))
                .isFalse();
        assertThat(studio.gallery
                        .find(PHOTO)
                        .flatMap(p -> p.task(PhotoTask.METADATA))
                        .map(Task::state))
                .as("a job that is done stays done")
                .contains(TaskState.DONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "0b6a4c59-0d3a-4b0c-9f5e-0a1a5f0c7d1100000000000000000000000000000000000",
                "------------------------------------"
            })
    void anIdThatIsNone_isNotThere(String id) {
        assertThat(studio.queues.replay(id)).isFalse();
        assertThat(studio.queues.discard(id)).isFalse();
    }

    private JobId sendMetadata() {
        return studio.goose
                .client()
                .with(o -> o.header(Intake.PHOTO_HEADER, PHOTO)
                        .header(Intake.TASK_HEADER, PhotoTask.METADATA)
                        .maxRetries(0))
                .performAsync(PhotoTask.call(PHOTO, PhotoTask.METADATA));
    }

    /** A notice of a shoot that is finished. */
    private JobId sendNotice(Duration delay) {
        studio.gallery.taskDied(PHOTO, PhotoTask.METADATA, 1, "no picture");
        return studio.goose
                .client()
                .with(Notices.look(SHOOT, JobId.of(UUID.randomUUID())))
                .with(o -> o.maxRetries(0))
                .performIn(delay, Notices::galleryReady, SHOOT);
    }
}
