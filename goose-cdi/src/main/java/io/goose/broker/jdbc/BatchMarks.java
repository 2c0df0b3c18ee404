package io.goose.broker.jdbc;

import io.goose.job.BatchId;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.spi.Lease;
import io.goose.spi.MemberMark;
import io.goose.spi.MemberState;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a step makes of members of batches, in the transaction of that step: rows of their own, so that no settle waits for another.
 * {@link JdbcBatches} applies them. Nothing is done for jobs that are in no batch. Stateless.
 */
final class BatchMarks {

    private static final String INSERT = "INSERT INTO {batch_mark} (batch, name) VALUES (?, ?)";

    private BatchMarks() {}

    /** A job as it is before a step that may remove it. */
    record Before(int place, DeliveryState state) {}

    static void note(Statements statements, List<MemberMark> marks) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (MemberMark mark : marks) {
            rows.add(new Object[] {
                mark.batch().value(),
                mark.index() + ":" + mark.version() + mark.state().letter()
            });
        }
        statements.insertAllIfAbsent(INSERT, rows);
    }

    /** The mark that was written under this name. */
    static MemberMark read(BatchId batch, String name) {
        int colon = name.indexOf(':');
        int end = name.length() - 1;
        return new MemberMark(
                batch,
                Integer.parseInt(name, 0, colon, 10),
                Integer.parseInt(name, colon + 1, end, 10),
                MemberState.ofLetter(name.charAt(end)));
    }

    /** The marks of those settlements that were applied. */
    static List<MemberMark> of(List<Settlement> settlements, boolean[] applied) {
        List<MemberMark> marks = new ArrayList<>();
        for (int i = 0; i < applied.length; i++) {
            if (applied[i]) {
                Lease lease = settlements.get(i).lease();
                MemberMark.of(settlements.get(i), lease.job().state().moves()).ifPresent(marks::add);
            }
        }
        return marks;
    }

    /** The mark of a job that is done. */
    static void noteDone(Statements statements, Lease lease) throws SQLException {
        note(statements, of(List.of(Settlement.of(lease, Outcome.Done.INSTANCE)), new boolean[] {true}));
    }

    /**
     * Looks at those of the jobs that are members, and locks them, so that they are what is noted of them.
     *
     * @param more the values of the condition
     */
    static Map<String, Before> look(
            Statements statements, int queue, String condition, Collection<String> ids, Object... more)
            throws SQLException {
        Map<String, Before> found = new HashMap<>();
        for (String id : ids) {
            if (BatchId.ofMember(new JobId(id)).isPresent()) {
                statements
                        .first(
                                "SELECT place, record FROM {job} WHERE queue = ? AND id = ? AND " + condition
                                        + " FOR UPDATE",
                                row -> new Before(row.getInt(1), Rows.decode(new JobId(id), row.getString(2))),
                                Stream.concat(Stream.of(queue, id), Stream.of(more))
                                        .toArray())
                        .ifPresent(before -> found.put(id, before));
            }
        }
        return found;
    }

    /**
     * Those that can be removed after a look: a member that came to be so only after it would be removed with nothing said of it. It is
     * left where it is, as if it had been looked for a moment earlier.
     */
    static List<String> looked(Collection<String> ids, Map<String, Before> found) {
        return ids.stream()
                .filter(id ->
                        found.containsKey(id) || BatchId.ofMember(new JobId(id)).isEmpty())
                .toList();
    }

    /** Notes that jobs were removed; of a dead one its batch knows already. */
    static void noteRemoved(Statements statements, Map<String, Before> before, Collection<JobId> removed)
            throws SQLException {
        List<MemberMark> marks = new ArrayList<>();
        for (JobId id : removed) {
            Before was = before.get(id.value());
            if (was != null && was.place() != Rows.DEAD) {
                MemberMark.of(id, was.state().moves(), MemberState.CANCELLED).ifPresent(marks::add);
            }
        }
        note(statements, marks);
    }

    /** Notes what one job has become. */
    static void note(Statements statements, JobId id, DeliveryState state, MemberState what) throws SQLException {
        List<MemberMark> marks = new ArrayList<>();
        MemberMark.of(id, state.moves(), what).ifPresent(marks::add);
        note(statements, marks);
    }
}
