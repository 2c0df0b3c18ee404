package io.goose.broker.jdbc;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import java.sql.SQLException;
import java.util.Set;

/** What a failure of the database means for whoever called the broker. */
final class JdbcFault {

    /** In the words of PostgreSQL, MariaDB and H2. */
    private static final Set<String> MISSING_TABLE = Set.of("42P01", "3F000", "42S02", "42S03", "42S04", "90079");

    private static final int MARIADB_DENIED = 1142;

    private JdbcFault() {}

    /**
     * @param what what was to be done, as in "cannot …"
     * @param where what was asked, with no credentials
     */
    static GooseException of(String what, String where, SQLException failed) {
        String message = "cannot " + what + " on " + where + ": " + failed.getMessage();
        if (isMissingTable(failed)) {
            return new BrokerRefusedException(
                    "GOOSE-3042: " + message
                            + "; a table is missing: run the files in io/goose/broker/jdbc of goose-cdi.jar against the"
                            + " database, or set schema=create",
                    failed);
        }
        String state = String.valueOf(failed.getSQLState());
        if (state.startsWith("28") || state.equals("42501") || failed.getErrorCode() == MARIADB_DENIED) {
            return new BrokerRefusedException(
                    "GOOSE-3043: " + message + "; correct the credentials or the rights of the database user", failed);
        }
        return new BrokerUnavailableException(
                "GOOSE-3040: " + message + "; it is tried again as soon as the database can be used", failed);
    }

    static boolean isMissingTable(SQLException failed) {
        return MISSING_TABLE.contains(String.valueOf(failed.getSQLState()));
    }

    /** Whether a key is there already. */
    static boolean isDuplicate(SQLException failed) {
        return String.valueOf(failed.getSQLState()).startsWith("23");
    }
}
