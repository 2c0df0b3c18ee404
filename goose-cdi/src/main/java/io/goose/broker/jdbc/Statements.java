package io.goose.broker.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements on the connection of one transaction. Confined to the thread that runs it. */
final class Statements {

    private static final String DUPLICATE = "23505";

    private final Connection connection;
    private final Tables tables;

    Statements(Connection connection, Tables tables) {
        this.connection = connection;
        this.tables = tables;
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
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(template))) {
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
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(template))) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    /** The same change with several sets of values; how many rows each hit. */
    int[] updateAll(String template, List<@Nullable Object[]> all) throws SQLException {
        if (all.isEmpty()) {
            return new int[0];
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(template))) {
            return batch(statement, all);
        }
    }

    /** Inserts that do nothing where the key is there already; for each whether it was inserted. */
    boolean[] insertAllIfAbsent(String template, List<@Nullable Object[]> all) throws SQLException {
        boolean[] inserted = new boolean[all.size()];
        if (all.isEmpty()) {
            return inserted;
        }
        try (PreparedStatement statement = connection.prepareStatement(tables.insertIfAbsent(template))) {
            if (dialect().failsIfPresent()) {
                for (int i = 0; i < inserted.length; i++) {
                    inserted[i] = insertUnlessFailing(statement, all.get(i));
                }
            } else {
                int[] counts = batch(statement, all);
                for (int i = 0; i < inserted.length; i++) {
                    inserted[i] = counts[i] != 0;
                }
            }
        }
        return inserted;
    }

    private static boolean insertUnlessFailing(PreparedStatement statement, @Nullable Object[] values)
            throws SQLException {
        try {
            bind(statement, values);
            return statement.executeUpdate() != 0;
        } catch (SQLException failed) {
            if (DUPLICATE.equals(failed.getSQLState())) {
                return false;
            }
            throw failed;
        }
    }

    private static int[] batch(PreparedStatement statement, List<@Nullable Object[]> all) throws SQLException {
        for (@Nullable Object[] values : all) {
            bind(statement, values);
            statement.addBatch();
        }
        return statement.executeBatch();
    }

    private static void bind(PreparedStatement statement, @Nullable Object[] values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }
}
