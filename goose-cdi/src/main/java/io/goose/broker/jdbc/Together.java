package io.goose.broker.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statements of which none needs the answer of another: PostgreSQL gets them in one message, and carries each out when it has carried out
 * those before it; other databases get one after the other. Not the first of a transaction. For one thread.
 */
final class Together {

    /** What is done with a row. */
    @FunctionalInterface
    interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    private record Asked(String template, @Nullable Reader reader, List<@Nullable Object> values) {}

    private final Statements statements;
    private final List<Asked> asked = new ArrayList<>();

    Together(Statements statements) {
        this.statements = statements;
    }

    /** Adds a query. */
    void query(String template, Reader reader, @Nullable Object... values) {
        asked.add(new Asked(template, reader, Arrays.asList(values)));
    }

    /** Adds a change. */
    void update(String template, @Nullable Object... values) {
        asked.add(new Asked(template, null, Arrays.asList(values)));
    }

    /** Carries all of them out. */
    void run() throws SQLException {
        if (statements.dialect() == Dialect.POSTGRESQL && asked.size() > 1) {
            List<@Nullable Reader> readers = new ArrayList<>();
            List<@Nullable Object> values = new ArrayList<>();
            for (Asked one : asked) {
                readers.add(one.reader());
                values.addAll(one.values());
            }
            String templates =
                    String.join("; ", asked.stream().map(Asked::template).toList());
            statements.together(templates, readers, values.toArray());
        } else {
            for (Asked one : asked) {
                one(one);
            }
        }
        asked.clear();
    }

    private void one(Asked one) throws SQLException {
        Reader reader = one.reader();
        @Nullable Object[] values = one.values().toArray();
        if (reader == null) {
            statements.update(one.template(), values);
        } else {
            statements.query(
                    one.template(),
                    row -> {
                        reader.read(row);
                        return row;
                    },
                    values);
        }
    }
}
