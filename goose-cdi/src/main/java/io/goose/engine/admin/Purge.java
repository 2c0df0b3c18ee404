package io.goose.engine.admin;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.BatchId;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Housekeeping;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what is in a place, chunk by chunk. What waits may be jobs of batches, and the end of the last of those brings the callbacks of
 * their batch to the same place: these are left. Confined to one thread.
 */
final class Purge {

    private static final int MOST = Housekeeping.MOST;

    /** How many jobs are looked at in one go, as they come with their envelopes. */
    private static final int PAGE = 100;

    private static final Set<Capability> CHOOSING = Set.of(Capability.WAITING_LIST, Capability.WAITING_DELETE);

    private final Broker broker;
    private final String queue;
    private final Place place;
    private final Set<BatchId> batches = new HashSet<>();
    private final boolean chooses;
    private long purged;

    Purge(Broker broker, String queue, Place place) {
        this.broker = broker;
        this.queue = queue;
        this.place = place;
        this.chooses = place == Place.WAITING && broker.capabilities().containsAll(CHOOSING);
    }

    /** How many are gone. */
    long purged() {
        return purged;
    }

    /**
     * Deletes about as many as there were.
     *
     * @param until see {@link Housekeeping#purge}
     */
    void run(long most, @Nullable Instant until) {
        boolean more;
        do { // also of a place that is empty, or is none: the broker says so
            List<JobId> gone = batches.isEmpty() ? broker.housekeeping().purge(queue, place, until, MOST) : chosen();
            purged += gone.size();
            more = !gone.isEmpty();
            if (chooses) {
                gone.forEach(id -> BatchId.ofMember(id).ifPresent(member -> batches.add(member.batch())));
            }
        } while (more && purged < most);
    }

    /** The next of those that are no callbacks of a batch of which jobs were deleted. */
    private List<JobId> chosen() {
        int offset = 0;
        while (true) {
            List<StoredJob> page = broker.list(queue, place, offset, PAGE);
            List<JobId> ids = page.stream()
                    .map(stored -> stored.job().id())
                    .filter(id -> !isOurDoing(id))
                    .toList();
            List<JobId> gone = ids.isEmpty() ? List.of() : broker.housekeeping().delete(queue, Set.of(place), ids);
            if (!gone.isEmpty() || page.isEmpty()) {
                return gone;
            }
            offset += PAGE; // all of the page are callbacks, or others had them
        }
    }

    private boolean isOurDoing(JobId id) {
        return BatchId.ofCallback(id).filter(batches::contains).isPresent();
    }
}
