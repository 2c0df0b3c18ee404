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
    private boolean begun;

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

    private PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement =
                connection.prepareStatement(ours ? dialect().limited(sql) : sql);
        if (limitSeconds > 0 && dialect().limitsStatements()) {
            statement.setQueryTimeout(limitSeconds);
        }
        return statement;
    }

    /** Whether it is the first statement of a transaction of our own and does not make its settings by the way. */
    private boolean needsSettings(String template) {
        boolean first = ours && !begun;
        begun = true;
        return first && !template.contains("{byIndex}") && !template.contains("{limited}");
    }

    /** A statement, with what must be said before it in the same message: no round trip is made for that. */
    private PreparedStatement execute(String template, @Nullable Object... values) throws SQLException {
        String sql = tables.sql(template);
        boolean settings = needsSettings(template);
        String whole = settings ? dialect().afterSettings(sql, !template.contains("{anyPlan}")) : sql;
        return execute(whole, whole.length() > sql.length(), values);
    }

    private PreparedStatement execute(String sql, boolean behindAnother, @Nullable Object... values)
            throws SQLException {
        PreparedStatement statement = prepare(sql);
        try {
            bind(statement, values);
            statement.execute();
            if (behindAnother) {
                statement.getMoreResults();
            }
            return statement;
        } catch (SQLException failed) {
            try (statement) {
                throw failed;
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
        try (PreparedStatement statement = execute(template, values)) {
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.getResultSet()) {
                while (result.next()) {
                    rows.add(row.read(result));
                }
            }
            return rows;
        }
    }

    /**
     * Several statements in one message, for {@link Together}.
     *
     * @param readers of the rows of each; null for those that give none
     */
    void together(String templates, List<Together.@Nullable Reader> readers, @Nullable Object... values)
            throws SQLException {
        try (PreparedStatement statement = execute(templates, values)) {
            for (Together.@Nullable Reader reader : readers) {
                if (reader != null) {
                    try (ResultSet result = statement.getResultSet()) {
                        while (result.next()) {
                            reader.read(result);
                        }
                    }
                }
                statement.getMoreResults();
            }
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
        try (PreparedStatement statement = execute(template, values)) {
            return statement.getUpdateCount();
        }
    }

    /**
     * The same in the application's transaction, whose plans are its own: this one statement alone is kept on an index.
     */
    int updateByIndex(String template, @Nullable Object... values) throws SQLException {
        String sql = tables.sql(template);
        String whole = dialect().byIndexAlone(sql);
        try (PreparedStatement statement = execute(whole, whole.length() > sql.length(), values)) {
            return statement.getUpdateCount();
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
        if (needsSettings(template)) {
            String settings = dialect().afterSettings("", true);
            if (!settings.isEmpty()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(settings);
                }
            }
        }
        try (PreparedStatement statement = prepare(tables.sql(template))) {
            for (@Nullable Object[] values : all) {
                bind(statement, values);
                statement.addBatch();
            }
            return statement.executeBatch();
        }
    }

    /** The values of a column for PostgreSQL's {@code unnest}. */
    Array array(String type, List<?> values) throws SQLException {
        return array(type, values.toArray());
    }

    /** The same; an array of the very type of its elements travels as it is, any other as text. */
    Array array(String type, @Nullable Object[] values) throws SQLException {
        return connection.createArrayOf(type, values);
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
        try (PreparedStatement statement = prepare(tables.sql(insert))) {
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
