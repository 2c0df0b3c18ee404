package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.QueuedJob;
import org.jspecify.annotations.Nullable;

/** One id may be used again when its job is over: what is of which life, {@code moves} says. Stateless. */
final class Lives {

    private Lives() {}

    static int moves(JobRow row) {
        return row.job().state().moves();
    }

    private static boolean isMarked(QueuedJob job) {
        return job.marked() || job.state().moves() > 0;
    }

    /** Whether a job may come in beside what is known of its id. */
    static boolean isFree(@Nullable JobRow row, QueuedJob job) {
        return row == null
                || (row.place() >= Rows.GONE && !(isMarked(job) && job.state().moves() <= moves(row)));
    }

    /** The job as one that follows what is known of its id, so that a message of the former life is older. */
    static QueuedJob next(@Nullable JobRow row, QueuedJob job) {
        return row == null || job.state().moves() > moves(row)
                ? job
                : job.withState(withMoves(job.state(), moves(row) + 1));
    }

    /** The record of a job that is sent once more. */
    static DeliveryState sentAnew(DeliveryState state) {
        return withMoves(state, state.moves() + 1);
    }

    private static DeliveryState withMoves(DeliveryState state, int moves) {
        return new DeliveryState(
                state.attempt(),
                moves,
                state.crashes(),
                state.lane(),
                state.notBefore(),
                state.unknownSince(),
                state.failures());
    }
}
