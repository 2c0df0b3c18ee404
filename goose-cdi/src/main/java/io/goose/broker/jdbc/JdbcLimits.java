package io.goose.broker.jdbc;

import io.goose.QueueNames;
import io.goose.admin.LimitScope;
import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.job.EnvelopeCodec;
import io.goose.spi.LimitLedger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The limits of queues in a table. Thread-safe. */
final class JdbcLimits implements LimitLedger {

    private final Database database;
    private final Queues queues;
    private final Consumer<String> wakeups;
    private final EnvelopeCodec codec = new EnvelopeCodec();

    /**
     * @param wakeups told the queue whose limits have changed
     */
    JdbcLimits(Database database, Queues queues, Consumer<String> wakeups) {
        this.database = database;
        this.queues = queues;
        this.wakeups = wakeups;
    }

    @Override
    public Map<LimitScope, Kept> limits(String queue) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return Map.of();
        }
        return database.inTransaction("look at the limits of queue '" + queue + "'", statements -> {
            Map<LimitScope, Kept> limits = new HashMap<>();
            statements.query(
                    "SELECT scope, concurrent, rate, period, declared FROM {bound} WHERE queue = ?",
                    row -> limits.put(
                            LimitScope.ofCode(row.getString(1)), new Kept(LimitRows.limit(row, 2), row.getString(5))),
                    number);
            return limits;
        });
    }

    @Override
    public void put(String queue, LimitScope scope, Kept kept) {
        try {
            change(queues.numberOf(QueueNames.check(queue)), queue, scope, kept);
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    @Override
    public boolean remove(String queue, LimitScope scope) {
        Integer number = queues.existing(queue);
        return number != null && change(number, queue, scope, null);
    }

    /** With the lock that claims of a queue with limits have: the ones before see none of it, the ones after all. */
    private boolean change(int number, String queue, LimitScope scope, @Nullable Kept kept) {
        boolean was = database.inTransaction("change a limit of queue '" + queue + "'", statements -> {
            statements.query("SELECT id FROM {queue} WHERE id = ? FOR UPDATE", row -> 1, number);
            boolean deleted = statements.update(
                            "DELETE FROM {bound} WHERE queue = ? AND scope = ?", number, LimitRows.scope(scope))
                    == 1;
            if (kept != null) {
                statements.insertAll(
                        "INSERT INTO {bound} (queue, scope, concurrent, rate, period, declared) VALUES (?, ?, ?, ?, ?, ?)",
                        List.<@Nullable Object[]>of(new @Nullable Object[] {
                            number,
                            LimitRows.scope(scope),
                            kept.limit().concurrent(),
                            kept.limit().rate(),
                            kept.limit().period().toMillis(),
                            kept.declared()
                        }));
                statements.update("UPDATE {queue} SET limited = 1 WHERE id = ?", number);
            }
            return deleted;
        });
        wakeups.accept(queue);
        return was;
    }

    @Override
    public long running(String queue, LimitScope scope) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return 0;
        }
        return database.inTransaction("count what runs of queue '" + queue + "'", statements -> {
            long limited = statements.number("SELECT limited FROM {queue} WHERE id = ? FOR UPDATE", number);
            return limited == 0
                    ? 0L
                    : new LimitRows(statements, number, codec).running().getOrDefault(LimitRows.scope(scope), 0);
        });
    }
}
