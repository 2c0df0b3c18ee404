package io.goose.examples.studio.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Enqueued;
import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.examples.studio.gallery.Sheet;
import io.goose.job.BatchId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkingsTest {

    private static final String SHOOT = BatchId.draw(Instant.EPOCH).value();

    @TempDir
    Path dir;

    private StudioWorkshop studio;

    @BeforeEach
    void open() throws IOException {
        studio = new StudioWorkshop(dir);
        studio.addPicture("a", SHOOT, "rocket.jpg");
    }

    @AfterEach
    void close() throws Exception {
        studio.close();
    }

    @Test
    void aShootWithADamagedPhoto_hasAContactSheetAllTheSame_andOneOnly() throws Exception {
        studio.add("b", SHOOT, "broken.jpg");
        studio.sheets.order(SHOOT);
        studio.sheets.order(SHOOT);
        StudioWorkshop.await(() -> !studio.gallery.sheets().isEmpty());

        assertThat(studio.gallery.sheets()).extracting(Sheet::status).containsExactly("partial-success");
        assertThat(ImageIO.read(studio.gallery.sheet(SHOOT).orElseThrow().toFile())
                        .getWidth())
                .isEqualTo(12 + 2 * 172);
        assertThat(studio.workings.look().batches())
                .containsExactly(new Workings.SheetBatch(SHOOT, "2 photos", "partial-success", 2, 2, 1, true));
        assertThat(studio.queues.dead()).isEmpty();
        long printed = studio.gallery.sheets().get(0).at();
        studio.sheets.order(SHOOT);
        assertThat(studio.workings.look().batches()).hasSize(1);
        assertThat(studio.gallery.sheets().get(0).at()).isEqualTo(printed);
    }

    @Test
    void anArchive_isOrderedOnce_andPacked_andCleanedUp() throws Exception {
        Enqueued first = studio.archive.order();
        Enqueued second = studio.archive.order();
        assertThat(first.outcome()).isEqualTo(Enqueued.Outcome.ADDED);
        assertThat(second).isEqualTo(new Enqueued(first.id(), Enqueued.Outcome.EXISTS));
        assertThat(studio.workings.look().archive()).isEqualTo(new Workings.Orders(2, 1, 0));

        StudioWorkshop.await(() -> studio.gallery.archive().isPresent());
        try (ZipFile zip = new ZipFile(studio.gallery.archive().orElseThrow().toFile())) {
            assertThat(zip.stream().map(entry -> entry.getName())).containsExactly("a/rocket.jpg");
        }
        studio.archive.cleanUp();
        assertThat(studio.gallery.archive()).as("not old enough").isPresent();
        studio.gallery.cleanUp(Duration.ofDays(-1));
        assertThat(studio.gallery.archive()).isEmpty();
    }

    @Test
    void theCleanUp_isRegistered_andItsNextTickIsShown() throws Exception {
        StudioWorkshop.await(() -> studio.workings.look().cleanUp() != null);
        assertThat(studio.workings.look().cleanUp()).satisfies(cleanUp -> {
            assertThat(cleanUp.schedule()).isEqualTo("*/15 * * * * *");
            assertThat(cleanUp.nextInMillis()).isLessThanOrEqualTo(15_000);
            assertThat(cleanUp.paused()).isFalse();
        });
        assertThat(studio.goose.cronAdmin().runNow(Archive.CLEAN_UP)).isPresent();
        StudioWorkshop.await(() -> studio.archive.cleanUps() > 0);
    }

    @Test
    void thePrinter_isLimited_untilAnOperatorSaysOtherwise() {
        studio.sheets.limitPrinter();
        assertThat(studio.workings.look().printer()).isEqualTo(new Workings.Printer(0, 2, 5, 1000));
        studio.goose.limitAdmin().set(ContactSheets.QUEUE, LimitScope.queue(), Limit.concurrent(7));
        studio.sheets.limitPrinter();
        assertThat(studio.workings.look().printer()).isEqualTo(new Workings.Printer(0, 7, 0, 1000));
        assertThat(studio.workings.look().missing()).isEmpty();
    }
}
