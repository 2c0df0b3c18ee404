package io.goose.engine.admin;

import io.goose.QueueNames;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/** The admin view over one broker: what concerns a job of an unknown queue is asked of each queue in turn. */
public final class EngineAdmin implements QueueAdmin {

    private static final int MOST = 1000;

    private final Broker broker;

    public EngineAdmin(Broker broker) {
        this.broker = broker;
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
    }

    @Override
    public void resume(String queue) {
        broker.resume(QueueNames.check(queue));
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
        if (offset < 0 || limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("GOOSE-1020: offset=" + offset + ", limit=" + limit
                    + ": an offset is at least 0, a limit 1 to " + MOST);
        }
        return broker.list(QueueNames.check(queue), place, offset, limit);
    }

    @Override
    public boolean delete(JobId id) {
        return anywhere(queue -> broker.delete(queue, id), deleted -> deleted, false);
    }

    @Override
    public boolean replay(JobId id) {
        return broker.queues().stream().anyMatch(queue -> broker.replay(queue, id));
    }
}
