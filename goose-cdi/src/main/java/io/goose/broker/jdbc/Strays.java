package io.goose.broker.jdbc;

import io.goose.spi.Lease;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Leases that the database counts as a session's and the session knows nothing of. */
final class Strays {

    private Strays() {}

    /** One such lease. */
    record Stray(int queue, String id, long token, int crashes) {}

    /**
     * Looks for them.
     *
     * @param found leases that the session knows and has not handed out yet
     */
    static List<Stray> of(Statements statements, Standing standing, Collection<Lease> found) throws SQLException {
        long leased = statements.number("SELECT COUNT(*) FROM {job} WHERE session = ? AND place = 1", standing.id());
        if (leased <= standing.held().size() + found.size()) {
            return List.of();
        }
        Set<Long> known = found.stream().map(Lease::token).collect(Collectors.toSet());
        return statements
                .query(
                        "SELECT queue, id, token, crashes FROM {job} WHERE session = ? AND place = 1",
                        row -> new Stray(row.getInt(1), row.getString(2), row.getLong(3), row.getInt(4)),
                        standing.id())
                .stream()
                .filter(stray -> !standing.holds(stray.token()) && !known.contains(stray.token()))
                .toList();
    }

    /** Puts them back to the front; returns how many. */
    static int giveBack(Statements statements, Standing standing, List<Stray> strays) throws SQLException {
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
        return Arrays.stream(statements.updateAll(
                        "UPDATE {job} SET place = 0, lane = ?, seq = ?, session = NULL, claim = NULL"
                                + " WHERE queue = ? AND id = ? AND token = ? AND session = ? AND place = 1",
                        values))
                .sum();
    }
}
