package io.goose.broker.jdbc;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The numbers that stand for queues in the tables. A queue keeps its number for ever. Thread-safe. */
final class Queues {

    private final Database database;
    private final String namespace;
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

    /**
     * @param namespace whose queues these are
     */
    Queues(Database database, String namespace) {
        this.database = database;
        this.namespace = namespace;
    }

    String namespace() {
        return namespace;
    }

    /** The number of a queue, which is made if need be. */
    int numberOf(String name) throws Database.Unfinished {
        Integer known = numbers.get(name);
        if (known == null) {
            database.attempt(
                    "add queue '" + name + "'",
                    statements -> statements.insertAllIfAbsent(
                            "INSERT INTO {queue} (namespace, name) VALUES (?, ?)",
                            List.<@Nullable Object[]>of(new @Nullable Object[] {namespace, name})));
            known = existing(name);
        }
        if (known == null) {
            throw new IllegalStateException("queue '" + name + "' is gone although nothing deletes queues");
        }
        return known;
    }

    /** The number of a queue for which {@link #numberOf} was called in this process; asks nobody. */
    int known(String name) {
        Integer known = numbers.get(name);
        if (known == null) {
            throw new IllegalStateException("queue '" + name + "' was not prepared");
        }
        return known;
    }

    /** The number of a queue; null if it was never used. */
    @Nullable Integer existing(String name) {
        Integer known = numbers.get(name);
        if (known == null) {
            known = database.inTransaction(
                            "look for queue '" + name + "'",
                            statements -> statements.first(
                                    "SELECT id FROM {queue} WHERE namespace = ? AND name = ?",
                                    row -> row.getInt(1),
                                    namespace,
                                    name))
                    .orElse(null);
            if (known != null) {
                numbers.put(name, known);
            }
        }
        return known;
    }

    /** All queues, by name. */
    Set<String> names() {
        List<String> names = database.inTransaction(
                "list the queues",
                statements -> statements.query(
                        "SELECT name FROM {queue} WHERE namespace = ?", row -> row.getString(1), namespace));
        return new TreeSet<>(names);
    }
}
