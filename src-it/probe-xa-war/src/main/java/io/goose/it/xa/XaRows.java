package io.goose.it.xa;

import io.goose.it.observe.Surroundings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** The application's table, which the test makes and reads. */
public final class XaRows {

    private static final String DATA_SOURCE = System.getenv("IT_DATA_SOURCES") + "xa";

    private XaRows() {}

    /** Writes a row, in the transaction of the caller if there is one. */
    public static void insert(String key) throws SQLException, NamingException {
        DataSource source = (DataSource) Surroundings.lookup(DATA_SOURCE);
        try (Connection connection = source.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO shop (name) VALUES (?)")) {
            insert.setString(1, key);
            insert.executeUpdate();
        }
    }
}
