package io.goose.it.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Listens to what Goose asks the database for when it claims, and has that explained. */
final class ClaimPlan {

    /** The query for the jobs of the ordinary lane. */
    private static final Pattern CLAIM = Pattern.compile("FROM goose_job .*lane = 3.* FOR UPDATE");

    private volatile @Nullable Asked last;

    /** A statement and its values, by position. */
    private record Asked(String sql, Map<Integer, Object> values) {}

    /** What Goose is given. */
    DataSource over(DataSource source) {
        return Intercepted.over(DataSource.class, source, call -> {
            Object result = call.proceed();
            return result instanceof Connection connection ? listen(connection) : result;
        });
    }

    private Connection listen(Connection connection) {
        return Intercepted.over(Connection.class, connection, call -> {
            Object result = call.proceed();
            if (result instanceof PreparedStatement statement) {
                String sql = String.valueOf(call.argument(0));
                return CLAIM.matcher(sql).find() ? listen(statement, sql) : result;
            }
            return result;
        });
    }

    private PreparedStatement listen(PreparedStatement statement, String sql) {
        Map<Integer, Object> values = new TreeMap<>();
        return Intercepted.over(PreparedStatement.class, statement, call -> {
            if (call.is("setObject") && call.argument(0) instanceof Integer position) {
                values.put(position, String.valueOf(call.argument(1)));
            } else if (call.is("execute")) {
                last = new Asked(sql, Map.copyOf(values));
            }
            return call.proceed();
        });
    }

    /**
     * The plan of the last claim, carried out and rolled back.
     *
     * @param generic whether as the database plans a statement that comes again and again, without looking at the values
     */
    List<String> explain(DataSource source, boolean generic) throws SQLException {
        Asked asked = last;
        if (asked == null) {
            throw new IllegalStateException("no claim was seen");
        }
        String sql = asked.sql();
        for (int i = 1; i <= asked.values().size(); i++) {
            sql = sql.replaceFirst("\\?", "\\$" + i);
        }
        String values = new TreeMap<>(asked.values())
                .values().stream().map(Object::toString).collect(Collectors.joining(", "));
        List<String> plan = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL plan_cache_mode = force_" + (generic ? "generic" : "custom") + "_plan");
            statement.execute("PREPARE claim AS " + sql);
            try (ResultSet rows =
                    statement.executeQuery("EXPLAIN (ANALYZE, COSTS OFF, BUFFERS) EXECUTE claim(" + values + ")")) {
                while (rows.next()) {
                    plan.add(rows.getString(1));
                }
            }
            statement.execute("DEALLOCATE claim");
            connection.rollback();
        }
        return plan;
    }
}
