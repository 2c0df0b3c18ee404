package io.goose.broker.jdbc;

import io.goose.spi.Lease;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Leases that the database counts as a session's and the session knows nothing of. */
final class Strays {

    private Strays() {}

    /** One such lease. */
    private record Stray(int queue, String id, long token, int crashes) {}

    /**
     * Looks at the session's leases while it claims nothing, and puts those back to the front, except those that another transaction has locked: the end of a transactional job may be in
     * doubt after its commit returned, and a heart must not wait for its decision.
     *
     * @param found leases that the session knows and has not handed out yet
     * @return how many; empty if nobody looked, because a claim that was not answered is still under way in the database
     */
    static OptionalInt giveBack(Statements statements, Standing standing, Collection<Lease> found) throws SQLException {
        if (statements
                .first("SELECT id FROM {session} WHERE id = ? {freeRow}", row -> true, standing.id())
                .isEmpty()) {
            return OptionalInt.empty();
        }
        List<Stray> strays = unlocked(statements, standing, found);
        if (strays.isEmpty()) {
            return OptionalInt.of(0);
        }
        Step step = Step.begin(statements);
        List<@Nullable Object[]> values = new ArrayList<>();
        for (Stray stray : strays) {
            values.add(new Object[] {
                Rows.front(stray.crashes()),
                step.number() + values.size() % Step.NUMBERS,
                stray.queue(),
                stray.id(),
                stray.token(),
                standing.id(),
            });
        }
        int given = Arrays.stream(statements.updateAll(
                        "UPDATE {job} SET place = 0, lane = ?, seq = ?, session = NULL, claim = NULL"
                                + " WHERE queue = ? AND id = ? AND token = ? AND session = ? AND place + 0 = 1",
                        values))
                .sum();
        Cancels.removeGivenBack(statements, standing.id());
        return OptionalInt.of(given);
    }

    private static List<Stray> unlocked(Statements statements, Standing standing, Collection<Lease> found)
            throws SQLException {
        List<Long> leased = statements.query(
                "SELECT token FROM {job} WHERE session = ? AND place = 1 AND token >= ?",
                row -> row.getLong(1),
                standing.id(),
                standing.lowest());
        standing.noteLowest(leased.stream().mapToLong(Long::longValue).min().orElse(standing.newest()));
        Set<Long> known = found.stream().map(Lease::token).collect(Collectors.toSet());
        LongSummaryStatistics strays = leased.stream()
                .mapToLong(Long::longValue)
                .filter(token -> isStray(standing, known, token))
                .summaryStatistics();
        if (strays.getCount() == 0) {
            return List.of();
        }
        // Of the session's other leases as few as possible are locked by the way: their jobs are being completed
        // meanwhile.
        return statements
                .query(
                        "SELECT queue, id, token, crashes FROM {job} WHERE session = ? AND place = 1"
                                + " AND token BETWEEN ? AND ? {unlocked}",
                        row -> new Stray(row.getInt(1), row.getString(2), row.getLong(3), row.getInt(4)),
                        standing.id(),
                        strays.getMin(),
                        strays.getMax())
                .stream()
                .filter(stray -> isStray(standing, known, stray.token()))
                .toList();
    }

    private static boolean isStray(Standing standing, Set<Long> known, long token) {
        return !standing.holds(token) && !known.contains(token);
    }
}
