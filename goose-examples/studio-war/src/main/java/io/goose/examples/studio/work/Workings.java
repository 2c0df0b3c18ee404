package io.goose.examples.studio.work;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.BatchAdmin;
import io.goose.admin.CronAdmin;
import io.goose.admin.LimitAdmin;
import io.goose.admin.LimitScope;
import io.goose.admin.StoredCron;
import io.goose.examples.studio.gallery.Gallery;
import io.goose.examples.studio.gallery.Sheet;
import io.goose.job.BatchStatus;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What Goose does beside running jobs, as the page shows it: batches, the recurring job, the unique one, and the limit. */
@ApplicationScoped
public class Workings {

    private static final int SHOWN = 5;

    /**
     * All of it at one moment.
     *
     * @param batches of contact sheets, the youngest first
     * @param cleanUp the recurring job; null if the broker keeps none
     * @param archive what is known of the unique job
     * @param printer the limit; null if there is none
     * @param missing what the broker does not have, by its name, and why
     */
    public record View(
            List<SheetBatch> batches,
            @Nullable CleanUp cleanUp,
            Orders archive,
            @Nullable Printer printer,
            Map<String, String> missing) {}

    /**
     * A batch of proofs.
     *
     * @param about its photos in words
     * @param state how far it is, as its callback is told
     * @param ended how many of {@code total} have ended
     * @param dead how many could not be made
     * @param sheet whether there is a contact sheet
     */
    public record SheetBatch(String id, String about, String state, int ended, int total, int dead, boolean sheet) {}

    /**
     * The recurring job.
     *
     * @param nextInMillis to its next tick; less than 0 if it is due or there is none
     * @param runs how often it ran since the studio opened
     */
    public record CleanUp(String schedule, long nextInMillis, boolean paused, int runs) {}

    /**
     * The unique job.
     *
     * @param ordered how often it was enqueued since the studio opened
     * @param refused how many of these added none, for one was there
     * @param bytes how large the archive is; 0 if there is none
     */
    public record Orders(int ordered, int refused, long bytes) {}

    /**
     * The limit of the printer.
     *
     * @param running how many of the {@code concurrent} permits are taken
     * @param rate how many jobs are begun in {@code perMillis}
     */
    public record Printer(long running, int concurrent, long rate, long perMillis) {}

    @Inject
    BatchAdmin batches;

    @Inject
    CronAdmin crons;

    @Inject
    LimitAdmin limits;

    @Inject
    Gallery gallery;

    @Inject
    Archive archive;

    /** All of it as the broker has it now. */
    public View look() {
        Map<String, String> missing = new TreeMap<>();
        Optional<List<SheetBatch>> all = ask("batches", missing, this::sheets);
        Optional<CleanUp> cleanUp = ask("cron", missing, this::cleanUp);
        Optional<Printer> printer = ask("limits", missing, this::printer);
        Orders orders = new Orders(archive.ordered(), archive.refused(), gallery.archiveBytes());
        return new View(all.orElse(List.of()), cleanUp.orElse(null), orders, printer.orElse(null), missing);
    }

    private static <T> Optional<T> ask(String what, Map<String, String> missing, Supplier<Optional<T>> question) {
        try {
            return question.get();
        } catch (UnsupportedCapabilityException e) {
            missing.put(what, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<List<SheetBatch>> sheets() {
        Map<String, Sheet> printed =
                gallery.sheets().stream().collect(Collectors.toMap(Sheet::id, Function.identity()));
        List<SheetBatch> all = new ArrayList<>();
        for (BatchStatus batch : batches.list(0, SHOWN)) {
            String shoot = batch.id().value();
            BatchStatus.Counts counts = batch.counts();
            all.add(new SheetBatch(
                    shoot,
                    Notices.count(gallery.shoot(shoot)),
                    batch.state().text(),
                    counts.ended(),
                    counts.total(),
                    counts.dead(),
                    printed.containsKey(shoot)));
        }
        return Optional.of(all);
    }

    private Optional<CleanUp> cleanUp() {
        return crons.find(Archive.CLEAN_UP).map(this::cleanUp);
    }

    private CleanUp cleanUp(StoredCron entry) {
        Instant next = entry.next();
        long inMillis =
                next == null ? -1 : Duration.between(Instant.now(), next).toMillis();
        return new CleanUp(entry.entry().schedule(), inMillis, entry.paused(), archive.cleanUps());
    }

    private Optional<Printer> printer() {
        return Optional.ofNullable(limits.of(ContactSheets.QUEUE).get(LimitScope.queue()))
                .map(limit -> new Printer(
                        limits.running(ContactSheets.QUEUE, LimitScope.queue()),
                        limit.concurrent(),
                        limit.rate(),
                        limit.period().toMillis()));
    }
}
