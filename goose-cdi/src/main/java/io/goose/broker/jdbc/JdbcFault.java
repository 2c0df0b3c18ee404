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

    /** A statement that took longer than it was allowed to, in the words of PostgreSQL and MariaDB. */
    private static final Set<String> TOOK_TOO_LONG = Set.of("57014", "70100");

    private JdbcFault() {}

    /** The same for what was to be part of the caller's transaction, and is not repeated. */
    static GooseException inCallersTransaction(String what, String where, SQLException failed) {
        if (Database.isVictim(failed)
                || Database.hasWaitedTooLong(failed)
                || TOOK_TOO_LONG.contains(String.valueOf(failed.getSQLState()))) {
            return new BrokerUnavailableException(
                    "GOOSE-3060: cannot " + what + " on " + where + ": " + failed.getMessage()
                            + "; another transaction that has not ended has enqueued a job with the same id, or is that of a"
                            + " running transactional job with this id, or holds what this one needs: let it end, and"
                            + " repeat this one",
                    failed);
        }
        return of(what, where, failed);
    }

    /** The data source gave no connection. */
    static GooseException noConnection(String what, String where, SQLException failed) {
        GooseException plain = of(what, where, failed);
        return plain instanceof BrokerRefusedException
                ? plain
                : new BrokerUnavailableException(
                        plain.getMessage()
                                + ". The data source gave no connection: if the database is up, its pool is too small, or"
                                + " its connections are kept",
                        failed);
    }

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
        if (Database.hasWaitedTooLong(failed)) {
            return new BrokerUnavailableException(
                    "GOOSE-3070: " + message
                            + "; it waited twice for what another transaction has locked, and nothing was done. If that is the"
                            + " caller's own transaction, which this is no part of: call after its end. Else a transaction"
                            + " hangs; what a worker does is tried again, what a caller does he may repeat",
                    failed);
        }
        String state = String.valueOf(failed.getSQLState());
        if (state.equals(Statements.UNCOUNTED)) {
            return new BrokerRefusedException(
                    "GOOSE-3055: " + message
                            + "; nothing was done. Take options that rewrite or join batches (useBulkStmts,"
                            + " rewriteBatchedStatements) out of the URL or the properties of the data source",
                    failed);
        }
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
