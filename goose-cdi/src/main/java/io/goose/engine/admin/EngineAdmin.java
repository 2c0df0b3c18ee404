package io.goose.engine.admin;

import static io.goose.spi.Housekeeping.MOST;

import io.goose.QueueNames;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.JobFilter;
import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueChange.Kind;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.admin.WorkerInfo;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Housekeeping;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The admin view over one broker: what concerns a job of an unknown queue is asked of each queue in turn. */
public final class EngineAdmin implements QueueAdmin {

    private static final int MOST_LISTED = 1000;
    private static final int SAMPLE = 100;
    private static final Set<Place> UPCOMING = Set.of(Place.WAITING, Place.SCHEDULED);

    private final Broker broker;
    private final Housekeeping jobs;
    private final AuditTrail trail;
    private final @Nullable String who;

    public EngineAdmin(Broker broker, AuditTrail trail) {
        this(broker, trail, null);
    }

    private EngineAdmin(Broker broker, AuditTrail trail, @Nullable String who) {
        this.broker = broker;
        this.jobs = broker.housekeeping();
        this.trail = trail;
        this.who = who;
    }

    @Override
    public QueueAdmin by(String someone) {
        return new EngineAdmin(broker, trail, Objects.requireNonNull(someone, "who"));
    }

    @Override
    public Set<String> queues() {
        return broker.queues();
    }

    @Override
    public QueueStats stats(String queue) {
        return broker.stats(QueueNames.check(queue));
    }

    @Override
    public void pause(String queue) {
        broker.pause(QueueNames.check(queue));
        trail.changed(Kind.PAUSED, queue, who);
    }

    @Override
    public void resume(String queue) {
        broker.resume(QueueNames.check(queue));
        trail.changed(Kind.RESUMED, queue, who);
    }

    @Override
    public Optional<StoredJob> find(JobId id) {
        return anywhere(queue -> broker.find(queue, id), Optional::isPresent, Optional.empty());
    }

    /**
     * Asks of each queue. A broker that cannot look among what waits says so for each in which it finds nothing elsewhere: that is no
     * answer as long as there is another queue.
     */
    private <T> T anywhere(Function<String, T> look, Predicate<T> isFound, T otherwise) {
        UnsupportedCapabilityException refused = null;
        for (String queue : broker.queues()) {
            try {
                T answer = look.apply(queue);
                if (isFound.test(answer)) {
                    return answer;
                }
            } catch (UnsupportedCapabilityException cannot) {
                refused = cannot;
            }
        }
        if (refused != null) {
            throw refused;
        }
        return otherwise;
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        if (offset < 0 || limit < 1 || limit > MOST_LISTED) {
            throw new IllegalArgumentException("GOOSE-1020: offset=" + offset + ", limit=" + limit
                    + ": an offset is at least 0, a limit 1 to " + MOST_LISTED);
        }
        return broker.list(QueueNames.check(queue), place, offset, limit);
    }

    @Override
    public List<StoredJob> search(String queue, Place place, JobFilter filter, int limit) {
        if (limit < 1 || limit > MOST_LISTED) {
            throw new IllegalArgumentException("GOOSE-2243: limit=" + limit + ": a limit is 1 to " + MOST_LISTED);
        }
        Matcher matcher = new Matcher(filter);
        List<StoredJob> found = new ArrayList<>();
        broker.visit(QueueNames.check(queue), place, MOST_SEARCHED, job -> {
            if (matcher.matches(job)) {
                found.add(job);
            }
            return found.size() < limit;
        });
        return List.copyOf(found);
    }

    @Override
    public Duration latency(String queue) {
        Instant now = trail.clock().instant();
        return broker.list(QueueNames.check(queue), Place.WAITING, 0, SAMPLE).stream()
                .map(Envelopes::waitingSince)
                .flatMap(Optional::stream)
                .map(since -> Duration.between(since, now))
                .filter(age -> !age.isNegative())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    @Override
    public List<WorkerInfo> workers() {
        return jobs.workers();
    }

    @Override
    public boolean delete(JobId id) {
        return one(Kind.DELETED, id, queue -> jobs.delete(queue, Housekeeping.ALL_BUT_RUNNING, List.of(id)));
    }

    @Override
    public boolean prioritise(JobId id) {
        return one(Kind.PRIORITISED, id, queue -> jobs.prioritise(queue, UPCOMING, List.of(id)));
    }

    @Override
    public boolean replay(JobId id) {
        return one(Kind.REPLAYED, id, queue -> jobs.replay(queue, Housekeeping.ENDED, List.of(id)));
    }

    private boolean one(Kind kind, JobId id, Function<String, List<JobId>> change) {
        Objects.requireNonNull(id, "id");
        return anywhere(
                queue -> {
                    List<JobId> changed = change.apply(queue);
                    trail.changed(kind, queue, null, changed, who);
                    return !changed.isEmpty();
                },
                changed -> changed,
                false);
    }

    @Override
    public List<JobId> delete(String queue, Place place, Collection<JobId> ids) {
        Set<Place> places = in(place, Housekeeping.ALL_BUT_RUNNING);
        return inParts(Kind.DELETED, queue, place, parts(ids), part -> jobs.delete(queue, places, part));
    }

    /** The last part first, for each goes ahead of what is there. */
    @Override
    public List<JobId> prioritise(String queue, Place place, Collection<JobId> ids) {
        Set<Place> places = in(place, UPCOMING);
        List<List<JobId>> parts = parts(ids);
        Collections.reverse(parts);
        List<JobId> moved =
                inParts(Kind.PRIORITISED, queue, place, parts, part -> jobs.prioritise(queue, places, part));
        return parts.size() > 1 ? Housekeeping.inOrder(List.copyOf(ids), moved) : moved;
    }

    @Override
    public List<JobId> replay(String queue, Place place, Collection<JobId> ids) {
        Set<Place> places = in(place, Housekeeping.ENDED);
        return inParts(Kind.REPLAYED, queue, place, parts(ids), part -> jobs.replay(queue, places, part));
    }

    private static Set<Place> in(Place place, Set<Place> allowed) {
        if (!allowed.contains(place)) {
            throw new IllegalArgumentException("GOOSE-2242: jobs that are " + place
                    + " cannot be changed so, but those that are " + EnumSet.copyOf(allowed));
        }
        return Set.of(place);
    }

    private static List<List<JobId>> parts(Collection<JobId> ids) {
        List<JobId> all = ids.stream().distinct().toList();
        List<List<JobId>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += MOST) {
            parts.add(all.subList(from, Math.min(all.size(), from + MOST)));
        }
        return parts;
    }

    /** What was done before a part fails is told all the same. */
    private List<JobId> inParts(
            Kind kind, String queue, Place place, List<List<JobId>> parts, Function<List<JobId>, List<JobId>> change) {
        QueueNames.check(queue);
        List<JobId> changed = new ArrayList<>();
        try {
            for (List<JobId> part : parts) {
                changed.addAll(change.apply(part));
            }
        } finally {
            trail.changed(kind, queue, place, changed, who);
        }
        return List.copyOf(changed);
    }

    @Override
    public long replayOldest(String queue, Place place, long most) {
        Set<Place> places = in(place, Housekeeping.ENDED);
        long left = Math.min(most, size(queue, place)); // what dies meanwhile is not for this call
        long replayed = 0;
        try {
            while (replayed < left) {
                List<JobId> oldest = jobs.oldest(queue, place, (int) Math.min(MOST, left - replayed));
                int moved = jobs.replay(queue, places, oldest).size();
                if (moved == 0 && oldest.isEmpty()) {
                    break;
                }
                replayed += moved;
                left -= oldest.size() - moved; // others had them
            }
        } finally {
            trail.changed(Kind.REPLAYED, queue, place, replayed, who);
        }
        return replayed;
    }

    private long size(String queue, Place place) {
        QueueStats stats = stats(queue);
        return switch (place) {
            case WAITING -> stats.waiting();
            case RUNNING -> stats.running();
            case SCHEDULED -> stats.scheduled();
            case DEAD -> stats.dead();
            case PARKED -> stats.parked();
        };
    }

    @Override
    public Optional<StoredJob> pop(String queue) {
        Set<Place> dead = in(Place.DEAD, Housekeeping.ENDED);
        long tries = size(queue, Place.DEAD) + 1;
        while (tries-- > 0) {
            List<JobId> oldest = jobs.oldest(queue, Place.DEAD, 1);
            if (oldest.isEmpty()) {
                return Optional.empty();
            }
            // It is read before it goes: who dies between has not lost it.
            Optional<StoredJob> job = broker.find(queue, oldest.get(0)).filter(stored -> stored.place() == Place.DEAD);
            if (job.isPresent() && !jobs.delete(queue, dead, oldest).isEmpty()) {
                trail.changed(Kind.POPPED, queue, Place.DEAD, oldest, who);
                return job;
            } // else somebody else had it
        }
        return Optional.empty();
    }

    @Override
    public long purge(String queue, Place place) {
        in(place, Housekeeping.ALL_BUT_RUNNING);
        return purge(queue, place, null);
    }

    @Override
    public long deleteDeadUntil(String queue, Instant time) {
        return purge(queue, Place.DEAD, Objects.requireNonNull(time, "time"));
    }

    private long purge(String queue, Place place, @Nullable Instant until) {
        Purge purge = new Purge(broker, queue, place);
        try {
            purge.run(size(queue, place), until);
        } finally {
            trail.changed(Kind.PURGED, queue, place, purge.purged(), who);
        }
        return purge.purged();
    }
}
