package io.goose.it.transactions;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;

/** What the application does with its own connections beside the enqueue. */
@ApplicationScoped
public class Resources {

    @Inject
    CdiUnit unit;

    /** A row and a job in one transaction; answers what was thrown, the cause of it at the end. */
    String use(Target target, boolean rowFirst, boolean commits, String key) {
        try {
            unit.required(() -> {
                if (rowFirst) {
                    Rows.insert(target.data(), key);
                    target.enqueue(key);
                } else {
                    target.enqueue(key);
                    Rows.insert(target.data(), key);
                }
                if (!commits) {
                    unit.setRollbackOnly();
                }
            });
            return "";
        } catch (Exception refused) {
            StringBuilder all = new StringBuilder();
            for (Throwable each = refused; each != null; each = each.getCause()) {
                all.append(each).append('\n');
            }
            return all.toString();
        }
    }

    /**
     * Inserts a row without a transaction of the container, enqueues, and rolls the row back.
     *
     * @param open whether the connection stays open around the enqueue; else it is closed before, and what is not committed
     *     is the container's to roll back
     * @return what the enqueue has changed about the connection
     */
    static String local(Target target, boolean open, String key) throws Exception {
        if (!open) {
            try (Connection connection = target.data().getConnection()) {
                connection.setAutoCommit(false);
                Rows.insert(connection, key);
            }
            target.enqueue(key);
            return "";
        }
        try (Connection connection = target.data().getConnection()) {
            connection.setAutoCommit(false);
            Rows.insert(connection, key);
            target.enqueue(key);
            boolean changed = connection.getAutoCommit();
            connection.rollback();
            connection.setAutoCommit(true);
            return changed ? "it commits by itself now" : "";
        }
    }
}
