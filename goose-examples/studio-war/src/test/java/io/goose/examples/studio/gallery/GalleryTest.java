package io.goose.examples.studio.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.examples.studio.imaging.Fact;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GalleryTest {

    private static final String PHOTO = "0b6a4c59-0d3a-4b0c-9f5e-0a1a5f0c7d11";
    private static final String SHOOT = "7d8e8f6e-93c1-4f3e-8e0e-5f0e0d1c2b3a";
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    Path dir;

    private final Jsonb json = JsonbBuilder.create();
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private Gallery gallery;

    @BeforeEach
    void open() throws IOException {
        gallery = reopened();
        gallery.add(PHOTO, SHOOT, "a.jpg", Map.of("metadata", "job-1"), new ByteArrayInputStream(CONTENT));
    }

    @AfterEach
    void close() throws Exception {
        json.close();
    }

    @Test
    void aPhoto_waitsUntilItsJobRuns() throws IOException {
        assertThat(task()).isEqualTo(new Task("metadata", "job-1", TaskState.WAITING, 0, 0, "", now.toEpochMilli()));
        assertThat(gallery.original(PHOTO)).hasBinaryContent(CONTENT);
    }

    @Test
    void eachStateOfATask_outlivesTheProcess() {
        gallery.taskRunning(PHOTO, "metadata", 1);
        assertThat(reopened().photos()).isEqualTo(gallery.photos());
        gallery.taskFailed(PHOTO, "metadata", 1, "no luck");
        assertThat(reopened().photos()).isEqualTo(gallery.photos());
        gallery.taskRunning(PHOTO, "metadata", 2);
        gallery.taskDied(PHOTO, "metadata", 2, "no luck again");
        assertThat(reopened().photos()).isEqualTo(gallery.photos());
        assertThat(task().state()).isEqualTo(TaskState.DEAD);
        assertThat(task().note()).isEqualTo("no luck again");
    }

    @Test
    void aJobThatRunsTwice_leavesTheSameGallery() {
        for (int run = 1; run <= 2; run++) {
            gallery.taskRunning(PHOTO, "metadata", 1);
            gallery.keepFacts(PHOTO, List.of(new Fact("g", "l", "v")), List.of(new Fact("g", "l", "v")));
            gallery.keep(PHOTO, "thumbnail-160.jpg", CONTENT);
            gallery.taskDone(PHOTO, "metadata", 1, "1 facts");
        }
        assertThat(task().state()).isEqualTo(TaskState.DONE);
        assertThat(task().percent()).isEqualTo(100);
        assertThat(gallery.photos().get(0).facts()).hasSize(1);
        assertThat(gallery.made(PHOTO, "thumbnail-160.jpg"))
                .hasValueSatisfying(file -> assertThat(file).hasBinaryContent(CONTENT));
    }

    @Test
    void aNotice_isSentOnce() {
        gallery.send(SHOOT, "ready");
        now = now.plusSeconds(60);
        gallery.send(SHOOT, "ready again");
        assertThat(gallery.notices()).extracting(Notice::text).containsExactly("ready");
        assertThat(reopened().notices()).isEqualTo(gallery.notices());
    }

    @Test
    void everyChange_raisesTheVersion() {
        long before = gallery.version();
        gallery.taskProgress(PHOTO, "metadata", 50);
        assertThat(gallery.version()).isGreaterThan(before);
    }

    @Test
    void aJobOfAClearedGallery_changesNothing() {
        gallery.clear();
        gallery.taskRunning(PHOTO, "metadata", 1);
        gallery.keep(PHOTO, "thumbnail-160.jpg", CONTENT);
        gallery.taskDone(PHOTO, "metadata", 1, "late");
        assertThat(gallery.photos()).isEmpty();
        assertThat(gallery.made(PHOTO, "thumbnail-160.jpg")).isEmpty();
        assertThat(reopened().photos()).isEmpty();
    }

    @Test
    void aPhotoThatWasNotAddedToTheEnd_isNotThereAfterACrash() throws IOException {
        Path unfinished = Files.createDirectories(dir.resolve("photos/half"));
        Files.write(unfinished.resolve("original"), CONTENT);
        Files.write(unfinished.resolve("photo.json.x.part"), CONTENT);
        assertThat(reopened().photos()).extracting(Photo::id).containsExactly(PHOTO);
    }

    @Test
    void aPhotoThatTheDiskRefuses_isNotKept_notEvenInPart() throws IOException {
        Path place = Files.createFile(dir.resolve("photos/refused"));
        assertThatThrownBy(() -> gallery.add(
                        "refused", SHOOT, "b.jpg", Map.of("metadata", "job-2"), new ByteArrayInputStream(CONTENT)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot write");
        assertThat(place).doesNotExist();
        assertThat(gallery.find("refused")).isEmpty();
    }

    @Test
    void onlyTheFirstOpening_findsANewGallery(@TempDir Path other) {
        assertThat(Gallery.open(other, json, InstantSource.fixed(now)).wasNew()).isTrue();
        assertThat(Gallery.open(other, json, InstantSource.fixed(now)).wasNew()).isFalse();
    }

    private Task task() {
        return gallery.find(PHOTO).flatMap(p -> p.task("metadata")).orElseThrow();
    }

    private Gallery reopened() {
        return Gallery.open(dir, json, () -> now);
    }
}
