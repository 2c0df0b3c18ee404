package io.goose.broker.jdbc;

import java.sql.SQLException;

/**
 * One transaction's place in the order of all: what it puts in order takes numbers from {@code number} on.
 *
 * @param number the first of a thousand that nobody else uses
 * @param nowMillis the database's time
 */
record Step(long number, long nowMillis) {

    /** How many numbers a step may use. */
    static final int NUMBERS = 1000;

    static Step begin(Statements statements) throws SQLException {
        return draw(statements, "{byIndex}");
    }

    /** Without the settings for plans: the transaction may be the application's, and has plans of its own. */
    static Step inCallersTransaction(Statements statements) throws SQLException {
        return draw(statements, statements.isOurs() ? "{limited}" : "");
    }

    private static Step draw(Statements statements, String settings) throws SQLException {
        return statements
                .first("SELECT {next}, {now}" + settings, row -> new Step(row.getLong(1), row.getLong(2)))
                .orElseThrow();
    }
}
