package io.goose.broker.composed;

import io.goose.job.JobId;
import io.goose.spi.CronLedger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The recurring jobs of a ledger, whose ticks keep their jobs there in the same step. What was kept is sent at once; what a crash
 * leaves is sent by whoever leases from the queue. Thread-safe.
 */
final class ComposedCrons implements CronLedger {

    private final CronLedger kept;
    private final Consumer<String> due;

    /**
     * @param due told the queue in which jobs are due
     */
    ComposedCrons(CronLedger kept, Consumer<String> due) {
        this.kept = kept;
        this.due = due;
    }

    @Override
    public List<Boolean> apply(List<Change> changes) {
        List<Boolean> applied = kept.apply(changes);
        Set<String> queues = new TreeSet<>();
        for (int i = 0; i < applied.size(); i++) {
            Change change = changes.get(i);
            if (applied.get(i) && !change.jobs().isEmpty()) {
                queues.add(change.next().queue());
            }
        }
        queues.forEach(due);
        return applied;
    }

    @Override
    public Instant now() {
        return kept.now();
    }

    @Override
    public Due due(int most) {
        return kept.due(most);
    }

    @Override
    public Optional<Kept> find(String name) {
        return kept.find(name);
    }

    @Override
    public long size() {
        return kept.size();
    }

    @Override
    public List<Kept> list(int offset, int limit) {
        return kept.list(offset, limit);
    }

    @Override
    public boolean delete(String name) {
        return kept.delete(name);
    }

    @Override
    public boolean isUnderWay(String queue, JobId id) {
        return kept.isUnderWay(queue, id);
    }
}
