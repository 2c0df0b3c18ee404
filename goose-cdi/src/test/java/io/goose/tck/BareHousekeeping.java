package io.goose.tck;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.admin.WorkerInfo;
import io.goose.job.JobId;
import io.goose.spi.Capability;
import io.goose.spi.Housekeeping;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What can be changed in a {@link BareTransport}: what has ended, and all that waits at once. */
final class BareHousekeeping implements Housekeeping {

    private final BareTransport transport;
    private final Housekeeping inner;

    /**
     * @param inner of the messages
     */
    BareHousekeeping(BareTransport transport, Housekeeping inner) {
        this.transport = transport;
        this.inner = inner;
    }

    private interface Step {
        List<JobId> on(List<JobId> message);
    }

    private List<JobId> each(String queue, Set<Place> places, List<JobId> ids, Step step) {
        List<JobId> changed = new ArrayList<>();
        for (JobId id : ids) {
            Optional<StoredJob> message = transport.buried(queue, Housekeeping.both(places, ENDED), id);
            if (message.isPresent()
                    && !step.on(List.of(message.get().job().id())).isEmpty()) {
                changed.add(id);
            }
        }
        return changed;
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        List<JobId> deleted = each(queue, places, ids, message -> inner.delete(queue, ENDED, message));
        if (deleted.size() < ids.size() && !ENDED.containsAll(places)) {
            throw BareTransport.unsupported(
                    places.contains(Place.WAITING) ? Capability.WAITING_DELETE : Capability.SCHEDULED_LIST);
        }
        return deleted;
    }

    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        throw BareTransport.unsupported(
                places.contains(Place.WAITING) ? Capability.PRIORITISE : Capability.SCHEDULED_LIST);
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        return each(queue, places, ids, message -> inner.replay(queue, ENDED, message));
    }

    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        return transport.outside(inner.oldest(queue, place, most));
    }

    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        if (place == Place.SCHEDULED) {
            throw BareTransport.unsupported(Capability.SCHEDULED_LIST);
        }
        return transport.outside(inner.purge(queue, place, until, most));
    }

    @Override
    public List<WorkerInfo> workers() {
        throw BareTransport.unsupported(Capability.WORKER_LIST);
    }
}
