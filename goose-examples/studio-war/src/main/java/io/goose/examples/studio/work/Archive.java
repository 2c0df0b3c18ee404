package io.goose.examples.studio.work;

import io.goose.Cron;
import io.goose.CronEntry;
import io.goose.Enqueued;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.UniqueJob;
import io.goose.examples.studio.StudioSettings;
import io.goose.examples.studio.gallery.Gallery;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** All originals in one file, packed when somebody asks, and cleaned up after a while. */
@ApplicationScoped
public class Archive {

    /** The name of the entry in the broker. */
    static final String CLEAN_UP = "clean-up";

    private static final Duration SOON = Duration.ofSeconds(3);

    private final AtomicInteger ordered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger cleanUps = new AtomicInteger();

    @Inject
    Gallery gallery;

    @Inject
    GooseClient goose;

    @Inject
    StudioSettings settings;

    /**
     * Orders the archive, to be packed three seconds later. Ordered again before it is packed, the same job is answered.
     *
     * @throws io.goose.UnsupportedCapabilityException if the broker knows no unique jobs
     */
    public Enqueued order() {
        Enqueued answer = goose.enqueueIn(SOON, JobCall.of(Archive::pack));
        ordered.incrementAndGet();
        if (!answer.isAdded()) {
            refused.incrementAndGet();
        }
        return answer;
    }

    /** Packs what is in the gallery now. */
    @Job(queue = ContactSheets.QUEUE)
    @UniqueJob
    public void pack() {
        gallery.pack();
    }

    /** Removes an archive that has been there for a while, and what else nobody needs. */
    @Job(queue = ContactSheets.QUEUE)
    @Cron(value = "*/15 * * * * *", name = CLEAN_UP, zone = "UTC", overlap = CronEntry.Overlap.SKIP)
    public void cleanUp() {
        gallery.cleanUp(settings.archiveKept());
        cleanUps.incrementAndGet();
    }

    /** How often it was ordered since the studio opened. */
    int ordered() {
        return ordered.get();
    }

    /** How many of the orders added no job, for one was there. */
    int refused() {
        return refused.get();
    }

    /** How often it was cleaned up since the studio opened. */
    int cleanUps() {
        return cleanUps.get();
    }
}
