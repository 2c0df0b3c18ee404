package io.goose.broker.jdbc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of the tables, and statements made with them: {@code {job}} and its like stand for a table, {@code {now}} for
 * the database's time, {@code {next}} for a number that grows with every step, {@code {free}} for the lock on rows that
 * nobody else has locked, {@code {unlocked}} for the same in a query without a limit, {@code {freeRow}} for the same of a row
 * with a known key, {@code {limited}} for what limits waits for locks, {@code {address}} for where a row lies,
 * {@code {byIndex}} for what keeps plans on the indexes, {@code {anyPlan}} for nothing: it marks what may read all. Thread-safe.
 */
final class Tables {

    private static final String[] NAMES = {
        "job",
        "queue",
        "mark",
        "session",
        "beat",
        "served",
        "need",
        "settled",
        "outbox",
        "cron",
        "cancel",
        "batch",
        "batch_member",
        "batch_part",
        "batch_call",
        "batch_mark",
        "unique_key",
        "bound",
        "bucket",
        "keyed",
        "turn",
        "result"
    };

    private final String prefix;
    private final Dialect dialect;
    private final Map<String, String> made =
            new ConcurrentHashMap<>(); // as many as there are statements in this package

    /**
     * @param schema the database schema; empty for the connection's own
     * @param prefix of each table's name
     */
    Tables(String schema, String prefix, Dialect dialect) {
        this.prefix = schema.isEmpty() ? prefix : schema + "." + prefix;
        this.dialect = dialect;
    }

    Dialect dialect() {
        return dialect;
    }

    /** The statement with the names in place. */
    String sql(String template) {
        return made.computeIfAbsent(template, this::make);
    }

    private String make(String template) {
        String sql = template.replace("{now}", dialect.now())
                .replace("{next}", dialect.next(prefix + "number"))
                .replace("{free}", dialect.lockFreeRows())
                .replace("{unlocked}", dialect.skipLockedRows())
                .replace("{freeRow}", dialect.lockFreeRow())
                .replace("{limited}", dialect.limitedByTheWay())
                .replace("{address}", dialect.address())
                .replace("{byIndex}", dialect.byIndex())
                .replace("{anyPlan}", "");
        for (String name : NAMES) {
            sql = sql.replace("{" + name + "}", prefix + name);
        }
        return sql;
    }

    /** The name of a table, with the schema's. */
    String name(String table) {
        return prefix + table;
    }
}
