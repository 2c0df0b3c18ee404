package io.goose.broker.jdbc;

import io.goose.broker.jdbc.GuardStep.Writing;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.QueuedJob;
import io.goose.spi.SessionSpec;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Brings back what was parked in a ledger until somebody knows it. Thread-safe. */
final class GuardRecalls {

    /** Those with a need; without envelopes, for few are what a session knows. */
    private static final String PARKED =
            "SELECT " + Rows.BARE + " FROM {job} WHERE queue = ? AND place = 6 ORDER BY seq LIMIT ?";

    private static final int MOST_RECALLED = 500;

    private final Database database;
    private final Queues queues;
    private final Rows rows;

    GuardRecalls(Database database, Queues queues, Rows rows) {
        this.database = database;
        this.queues = queues;
        this.rows = rows;
    }

    /** What was parked for lack of what the session has announced comes back; how much. */
    int recall(SessionSpec session) {
        List<String> served = session.queues().stream()
                .filter(queue -> queues.existing(queue) != null)
                .toList();
        if (served.isEmpty()) {
            return 0;
        }
        return database.inTransaction("look for parked jobs that a session knows", statements -> {
            List<JobRow> known = new ArrayList<>();
            for (String queue : served) {
                statements.query(PARKED, rows.of(queue), queues.known(queue), MOST_RECALLED).stream()
                        .filter(row -> Texts.isMetBy(session.announced(), String.valueOf(row.need())))
                        .forEach(known::add);
            }
            return known.isEmpty() ? 0 : recall(new GuardStep(statements, queues, rows), known);
        });
    }

    /** They were not locked when they were read. */
    private static int recall(GuardStep work, List<JobRow> known) throws SQLException {
        int recalled = 0;
        for (JobRow each : known) {
            JobRow row = work.row(each.job());
            if (row != null && row.place() == Rows.PARKED_NEEDY) {
                QueuedJob job = row.job();
                DeliveryState next = Lives.sentAnew(job.state()).withUnknownSince(null);
                work.put(true, job.withState(next), Writing.of(Rows.SCHEDULED, work.nowMillis()));
                recalled++;
            }
        }
        return recalled;
    }
}
