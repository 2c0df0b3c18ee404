package io.goose.broker.jdbc;

import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.JobId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looking at jobs. Thread-safe. */
final class JdbcLedger {

    private final Database database;
    private final Queues queues;
    private final Rows rows;
    private final Burials burials;
    private final boolean forATransport;

    JdbcLedger(Database database, Queues queues, Rows rows, Burials burials) {
        this(database, queues, rows, burials, false);
    }

    /**
     * @param forATransport whether what waits and runs is with a transport
     */
    JdbcLedger(Database database, Queues queues, Rows rows, Burials burials, boolean forATransport) {
        this.database = database;
        this.queues = queues;
        this.rows = rows;
        this.burials = burials;
        this.forATransport = forATransport;
    }

    private int waiting() {
        return forATransport ? Rows.SENT : Rows.WAITING;
    }

    private int running() {
        return forATransport ? Rows.BEGUN : Rows.RUNNING;
    }

    QueueStats stats(String queue) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return new QueueStats(queue, 0, 0, 0, 0, 0, false);
        }
        burials.evict(database, queues, queue);
        return database.inTransaction("look at queue '" + queue + "'", statements -> {
            Map<Integer, Long> sizes = new HashMap<>();
            statements.query(
                    "SELECT place, COUNT(*) FROM {job} WHERE queue = ? GROUP BY place{anyPlan}",
                    row -> sizes.put(row.getInt(1), row.getLong(2)),
                    number);
            boolean paused = statements.number("SELECT paused FROM {queue} WHERE id = ?", number) != 0;
            return new QueueStats(
                    queue,
                    sizes.getOrDefault(waiting(), 0L),
                    sizes.getOrDefault(running(), 0L),
                    sizes.getOrDefault(Rows.SCHEDULED, 0L) + sizes.getOrDefault(Rows.SCHEDULED_NEEDY, 0L),
                    sizes.getOrDefault(Rows.DEAD, 0L),
                    sizes.getOrDefault(Rows.PARKED, 0L) + sizes.getOrDefault(Rows.PARKED_NEEDY, 0L),
                    paused);
        });
    }

    Optional<StoredJob> find(String queue, JobId id) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return Optional.empty();
        }
        return database.inTransaction(
                        "look for job " + id,
                        statements -> statements.first(
                                "SELECT " + Rows.COLUMNS + " FROM {job} WHERE queue = ? AND id = ? AND place + 0 < "
                                        + Rows.GONE,
                                rows.of(queue),
                                number,
                                id.value()))
                .map(JdbcLedger::stored);
    }

    List<StoredJob> list(String queue, Place place, int offset, int limit) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return List.of();
        }
        if (place == Place.DEAD) {
            burials.evict(database, queues, queue);
        }
        return database
                .inTransaction(
                        "list jobs of queue '" + queue + "'",
                        statements -> statements.query(
                                "SELECT " + Rows.COLUMNS + " FROM {job} WHERE queue = ? AND " + inOrder(place)
                                        + " LIMIT ? OFFSET ?{anyPlan}",
                                rows.of(queue),
                                number,
                                limit,
                                offset))
                .stream()
                .map(JdbcLedger::stored)
                .toList();
    }

    private String inOrder(Place place) {
        return switch (place) {
            case WAITING -> "place = " + waiting() + " ORDER BY lane, seq";
            case RUNNING -> "place = " + running() + " ORDER BY token";
            case SCHEDULED -> "place IN (2, 5) ORDER BY due, seq";
            case DEAD -> "place = 3 ORDER BY seq DESC";
            case PARKED -> "place IN (4, 6) ORDER BY seq DESC";
        };
    }

    private static StoredJob stored(JobRow row) {
        return new StoredJob(row.job(), place(row.place()), row.note());
    }

    private static Place place(int code) {
        return switch (code) {
            case Rows.WAITING, Rows.SENT -> Place.WAITING;
            case Rows.RUNNING, Rows.BEGUN -> Place.RUNNING;
            case Rows.SCHEDULED, Rows.SCHEDULED_NEEDY -> Place.SCHEDULED;
            case Rows.DEAD -> Place.DEAD;
            default -> Place.PARKED;
        };
    }

    void pause(String queue, boolean paused) throws Database.Unfinished {
        int number = queues.numberOf(QueueNames.check(queue));
        database.attempt(
                (paused ? "pause" : "resume") + " queue '" + queue + "'",
                statements -> statements.update("UPDATE {queue} SET paused = ? WHERE id = ?", paused ? 1 : 0, number));
    }
}
