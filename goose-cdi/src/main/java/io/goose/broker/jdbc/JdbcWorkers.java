package io.goose.broker.jdbc;

import io.goose.admin.WorkerInfo;
import io.goose.admin.WorkerInfo.LeasedJob;
import io.goose.job.JobId;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Lists who works. Thread-safe. */
final class JdbcWorkers {

    private static final String SESSIONS = "SELECT s.id, s.host, s.threads, s.closed, b.expiry FROM {session} s"
            + " JOIN {beat} b ON b.session = s.id WHERE s.namespace = ?{anyPlan}";
    private static final String SERVED =
            "SELECT q.name FROM {served} v JOIN {queue} q ON q.id = v.queue WHERE v.session = ?";
    private static final String LEASED = "SELECT q.name, j.id FROM {job} j JOIN {queue} q ON q.id = j.queue"
            + " WHERE j.session = ? AND j.place = 1 ORDER BY j.token";

    private final Database database;
    private final String namespace;

    JdbcWorkers(Database database, String namespace) {
        this.database = database;
        this.namespace = namespace;
    }

    private record Found(String id, String host, int threads, boolean closed, long expiry) {}

    List<WorkerInfo> list() {
        return database.inTransaction("list the workers", statements -> {
            List<Found> sessions = statements.query(
                    SESSIONS,
                    row -> new Found(
                            row.getString(1), row.getString(2), row.getInt(3), row.getInt(4) != 0, row.getLong(5)),
                    namespace);
            List<WorkerInfo> workers = new ArrayList<>();
            for (Found session : sessions) {
                workers.add(info(statements, session));
            }
            return workers;
        });
    }

    private static WorkerInfo info(Statements statements, Found session) throws SQLException {
        return new WorkerInfo(
                session.id(),
                session.host(),
                session.threads(),
                new TreeSet<>(statements.query(SERVED, row -> row.getString(1), session.id())),
                statements.query(
                        LEASED, row -> new LeasedJob(row.getString(1), new JobId(row.getString(2))), session.id()),
                Instant.ofEpochMilli(session.expiry()),
                session.closed());
    }
}
