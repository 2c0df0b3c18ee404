package io.goose.broker.jdbc;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import java.sql.SQLException;

/** What a failure of the database means for whoever called the broker. */
final class JdbcFault {

    private JdbcFault() {}

    /**
     * @param what what was to be done, as in "cannot …"
     * @param where what was asked, with no credentials
     */
    static GooseException of(String what, String where, SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        String message = "cannot " + what + " on " + where + ": " + failed.getMessage();
        if (state.equals("42S02") || state.equals("42P01") || state.equals("42S04")) {
            return new BrokerRefusedException(
                    "GOOSE-3042: " + message
                            + "; the tables are missing: create them from the files of io/goose/broker/jdbc, or set"
                            + " schema=create",
                    failed);
        }
        if (state.startsWith("28") || state.equals("42501")) {
            return new BrokerRefusedException(
                    "GOOSE-3043: " + message + "; correct the credentials or the rights of the database user", failed);
        }
        return new BrokerUnavailableException(
                "GOOSE-3040: " + message + "; it is tried again as soon as the database can be used", failed);
    }
}
