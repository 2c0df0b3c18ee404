package io.goose.broker.jdbc;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements on the connection of one transaction. Confined to the thread that runs it. */
final class Statements {

    private static final int MOST_IN_ONE_INSERT = 100;

    /** Our own SQLSTATE, in the class that is left to applications. */
    static final String UNCOUNTED = "GS001";

    private final Connection connection;
    private final Tables tables;
    private final boolean ours;
    private final int limitSeconds;
    private boolean waitsLimited;

    /** Those of a transaction of our own, none of which waits for a lock for long. */
    Statements(Connection connection, Tables tables) {
        this(connection, tables, true, 0);
    }

    /**
     * Those that are part of the application's transaction, which keeps its settings.
     *
     * @param limitSeconds after how long a statement is given up, where the database can do that; 0 for never
     */
    Statements(Connection connection, Tables tables, int limitSeconds) {
        this(connection, tables, false, limitSeconds);
    }

    private Statements(Connection connection, Tables tables, boolean ours, int limitSeconds) {
        this.connection = connection;
        this.tables = tables;
        this.ours = ours;
        this.limitSeconds = limitSeconds;
    }

    /** Whether they are those of a transaction of our own. */
    boolean isOurs() {
        return ours;
    }

    private PreparedStatement prepare(String template) throws SQLException {
        if (ours) {
            limitWaits(template);
        }
        String sql = tables.sql(template);
        PreparedStatement statement =
                connection.prepareStatement(ours ? dialect().limited(sql) : sql);
        if (limitSeconds > 0 && dialect().limitsStatements()) {
            statement.setQueryTimeout(limitSeconds);
        }
        return statement;
    }

    /** Before the first statement, unless that does it by the way: a claim, a settle and a send make no round trip for it. */
    private void limitWaits(String template) throws SQLException {
        if (waitsLimited) {
            return;
        }
        waitsLimited = true;
        String limit = dialect().limitStatement();
        if (!limit.isEmpty() && !template.contains("{byIndex}") && !template.contains("{limited}")) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(limit);
            }
        }
    }

    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    Dialect dialect() {
        return tables.dialect();
    }

    /** All rows of a query. */
    <T> List<T> query(String template, Row<T> row, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(template)) {
            bind(statement, values);
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(row.read(result));
                }
            }
            return rows;
        }
    }

    /** The first row of a query, if there is one. */
    <T> Optional<T> first(String template, Row<T> row, @Nullable Object... values) throws SQLException {
        return query(template, row, values).stream().findFirst();
    }

    long number(String template, @Nullable Object... values) throws SQLException {
        return first(template, row -> row.getLong(1), values).orElse(0L);
    }

    /** How many rows a change hit. */
    int update(String template, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(template)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    /**
     * The same change of rows, not an insert, with several sets of values; how many rows each hit.
     *
     * @throws SQLException also if the driver does not say, as it can be told not to: then nobody knows what was done
     */
    int[] updateAll(String template, List<@Nullable Object[]> all) throws SQLException {
        int[] counts = executeAll(template, all);
        for (int count : counts) {
            if (count == Statement.SUCCESS_NO_INFO) {
                throw new SQLException("the driver does not count the rows of a batch", UNCOUNTED);
            }
        }
        return counts;
    }

    /** Inserts rows, all of them or none. */
    void insertAll(String insert, List<@Nullable Object[]> all) throws SQLException {
        executeAll(insert, all);
    }

    private int[] executeAll(String template, List<@Nullable Object[]> all) throws SQLException {
        if (all.isEmpty()) {
            return new int[0];
        }
        try (PreparedStatement statement = prepare(template)) {
            for (@Nullable Object[] values : all) {
                bind(statement, values);
                statement.addBatch();
            }
            return statement.executeBatch();
        }
    }

    /** The values of a column for PostgreSQL's {@code unnest}. */
    Array array(String type, List<?> values) throws SQLException {
        return connection.createArrayOf(type, values.toArray());
    }

    /**
     * Inserts rows where their key is not there already.
     *
     * @param insert an insert into columns of which the first two are the key, with one place for each value
     * @return for each whether it was inserted
     */
    boolean[] insertAllIfAbsent(String insert, List<@Nullable Object[]> all) throws SQLException {
        boolean[] inserted = new boolean[all.size()];
        switch (dialect()) {
            case POSTGRESQL -> insertReturning(insert, "INSERT INTO", " ON CONFLICT DO NOTHING", all, inserted);
            case MARIADB -> insertReturning(insert, "INSERT IGNORE INTO", "", all, inserted);
            case H2 -> insertUnlessFailing(insert, all, inserted);
        }
        return inserted;
    }

    /** Drivers do not always say how many rows each insert of a batch added, but the servers can name the rows. */
    private void insertReturning(
            String insert, String into, String unlessThere, List<@Nullable Object[]> all, boolean[] inserted)
            throws SQLException {
        int values = insert.indexOf(" VALUES ");
        String row = insert.substring(values + 8);
        String[] columns = insert.substring(insert.indexOf('(') + 1, values - 1).split(", ", 3);
        for (int from = 0; from < all.size(); from += MOST_IN_ONE_INSERT) {
            List<@Nullable Object[]> chunk = all.subList(from, Math.min(all.size(), from + MOST_IN_ONE_INSERT));
            String template = insert.substring(0, values).replaceFirst("INSERT INTO", into) + " VALUES " + row
                    + (", " + row).repeat(chunk.size() - 1) + unlessThere + " RETURNING " + columns[0] + ", "
                    + columns[1];
            Set<List<String>> added = new HashSet<>(
                    query(template, found -> List.of(found.getString(1), found.getString(2)), flat(chunk)));
            for (int i = 0; i < chunk.size(); i++) {
                @Nullable Object[] key = chunk.get(i);
                // Of two with one key in the same list the first was added.
                inserted[from + i] = added.remove(List.of(String.valueOf(key[0]), String.valueOf(key[1])));
            }
        }
    }

    private static @Nullable Object[] flat(List<@Nullable Object[]> rows) {
        return rows.stream().flatMap(Arrays::stream).toArray();
    }

    /** H2 has no such insert; one that fails leaves the transaction as it was. */
    private void insertUnlessFailing(String insert, List<@Nullable Object[]> all, boolean[] inserted)
            throws SQLException {
        if (all.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = prepare(insert)) {
            for (int i = 0; i < inserted.length; i++) {
                try {
                    bind(statement, all.get(i));
                    inserted[i] = statement.executeUpdate() == 1;
                } catch (SQLException failed) {
                    if (!JdbcFault.isDuplicate(failed)) {
                        throw failed;
                    }
                }
            }
        }
    }

    private static void bind(PreparedStatement statement, @Nullable Object[] values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else if (value instanceof Array array) {
                statement.setArray(i + 1, array);
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }
}
