package io.goose.broker.jdbc;

import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.EvictionListener;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Lets go of the dead that are too many or too old, except of those that somebody has locked just now. Thread-safe. */
final class Burials {

    private static final System.Logger LOG = System.getLogger(Burials.class.getPackageName());
    private static final int CHUNK = 500;

    private final DeadRetention retention;
    private volatile EvictionListener listener = EvictionListener.NONE;

    /** Queues in which somebody was buried since they were last looked at. */
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    Burials(DeadRetention retention) {
        this.retention = retention;
    }

    void listen(EvictionListener told) {
        listener = told;
    }

    void happened(String queue) {
        changed.add(queue);
    }

    /** Evicts where somebody was buried. */
    void evictChanged(Database database, Queues queues) {
        for (String queue : Set.copyOf(changed)) {
            changed.remove(queue);
            evict(database, queues, queue);
        }
    }

    /** Evicts in one queue, a chunk at a time. */
    void evict(Database database, Queues queues, String queue) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return;
        }
        List<String> evicted;
        do {
            evicted = database.inTransaction(
                    "evict the dead of '" + queue + "'", statements -> evict(statements, number));
            if (!evicted.isEmpty()) {
                listener.evicted(queue, evicted.size());
                LOG.log(
                        Level.WARNING,
                        "GOOSE-3002: deleted {0} dead jobs of queue ''{1}'', beyond goose.dead.max={2} or"
                                + " goose.dead.max-age={3}: {4}",
                        evicted.size(),
                        queue,
                        retention.max(),
                        retention.maxAge(),
                        evicted);
            }
        } while (evicted.size() >= CHUNK);
    }

    private List<String> evict(Statements statements, int queue) throws SQLException {
        long oldest = statements.number("SELECT {now}") - retention.maxAge().toMillis();
        List<String> found = new ArrayList<>(statements.query(
                "SELECT id FROM {job} WHERE queue = ? AND place = 3 AND due <= ? ORDER BY seq LIMIT ? {free}",
                row -> row.getString(1),
                queue,
                oldest,
                CHUNK));
        if (found.isEmpty()) {
            long surplus = statements.number("SELECT COUNT(*) FROM {job} WHERE queue = ? AND place = 3", queue)
                    - retention.max();
            if (surplus > 0) {
                found.addAll(statements.query(
                        "SELECT id FROM {job} WHERE queue = ? AND place = 3 ORDER BY seq LIMIT ? {free}",
                        row -> row.getString(1),
                        queue,
                        Math.min(surplus, CHUNK)));
            }
        }
        List<String> deleted = new ArrayList<>();
        for (String id : found) {
            if (statements.update("DELETE FROM {job} WHERE queue = ? AND id = ? AND place + 0 = 3", queue, id) == 1) {
                deleted.add(id);
            }
        }
        return deleted;
    }
}
