package io.goose.engine.transaction;

import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.job.JobId;
import io.goose.spi.Housekeeping;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link OutsideBroker} is for the changes of many jobs. */
final class OutsideHousekeeping implements Housekeeping {

    private final Housekeeping inner;
    private final Outside outside;

    OutsideHousekeeping(Housekeeping inner, Outside outside) {
        this.inner = inner;
        this.outside = outside;
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        return outside.call(() -> inner.delete(queue, places, ids));
    }

    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        return outside.call(() -> inner.prioritise(queue, places, ids));
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        return outside.call(() -> inner.replay(queue, places, ids));
    }

    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        return outside.call(() -> inner.oldest(queue, place, most));
    }

    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        return outside.call(() -> inner.purge(queue, place, until, most));
    }

    @Override
    public List<WorkerInfo> workers() {
        return outside.call(inner::workers);
    }
}
