package io.goose.examples.studio.work;

import io.goose.examples.studio.StudioSettings;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.imaging.ContactSheetMaker;
import io.goose.examples.studio.imaging.MetadataReader;
import io.goose.examples.studio.imaging.ThumbnailMaker;
import io.goose.job.EnvelopeCodec;
import io.goose.se.Goose;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The studio's jobs at work without a server: on the memory broker, with a gallery in a folder. */
final class StudioWorkshop implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Gallery gallery;
    final StudioQueues queues = new StudioQueues();
    final ContactSheets sheets = new ContactSheets();
    final Archive archive = new Archive();
    final Workings workings = new Workings();
    final Goose goose;

    private final Jsonb json = JsonbBuilder.create();

    StudioWorkshop(Path dir) {
        gallery = Gallery.open(dir, json, InstantSource.system());
        Notices notices = new Notices();
        PhotoJobs photoJobs = new PhotoJobs();
        goose = Goose.builder()
                .config("goose.broker.main.kind", "memory")
                .config("goose.worker.queues", "photos,notices,prints")
                .register(notices)
                .register(photoJobs)
                .register(sheets)
                .register(archive)
                .build();
        notices.gallery = gallery;
        notices.goose = goose.client();
        notices.run = goose.currentRun();
        photoJobs.gallery = gallery;
        photoJobs.thumbnails = new ThumbnailMaker(20_000_000);
        photoJobs.metadata = new MetadataReader();
        photoJobs.run = goose.currentRun();
        queues.gallery = gallery;
        queues.admin = goose.admin();
        queues.envelopes = new EnvelopeCodec();
        sheets.gallery = gallery;
        sheets.goose = goose.client();
        sheets.limits = goose.limitAdmin();
        sheets.thumbnails = photoJobs.thumbnails;
        sheets.sheets = new ContactSheetMaker();
        archive.gallery = gallery;
        archive.goose = goose.client();
        archive.settings = new StudioSettings(
                dir, List.of(160), 1_000_000, 1_000_000, Duration.ZERO, Duration.ofMinutes(10), false);
        workings.gallery = gallery;
        workings.archive = archive;
        workings.batches = goose.batchAdmin();
        workings.crons = goose.cronAdmin();
        workings.limits = goose.limitAdmin();
        goose.start();
    }

    /** Adds a photograph, with one task; its job is not enqueued. */
    void addPicture(String photo, String shoot, String name) throws IOException {
        Map<String, String> tasks = Map.of(
                PhotoTask.METADATA, PhotoTask.jobId(photo, PhotoTask.METADATA).value());
        try (InputStream content = Files.newInputStream(Path.of("src/main/webapp/samples", name))) {
            gallery.add(photo, shoot, name, tasks, content);
        }
    }

    /** Adds a photo that is no picture, with one task; its job is not enqueued. */
    void add(String photo, String shoot, String name) throws IOException {
        Map<String, String> tasks = Map.of(
                PhotoTask.METADATA, PhotoTask.jobId(photo, PhotoTask.METADATA).value());
        gallery.add(photo, shoot, name, tasks, new ByteArrayInputStream(new byte[] {1, 2, 3}));
    }

    static void await(BooleanSupplier reached) throws InterruptedException {
        long start = System.nanoTime();
        while (!reached.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("not reached within " + PATIENCE);
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() throws Exception {
        goose.close();
        json.close();
    }
}
