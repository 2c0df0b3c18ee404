package io.goose.it.bench;

import io.goose.spi.SurroundingTransaction;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Transactions of one database without a transaction manager: what a thread does between its begin and its commit goes through
 * one connection of {@link #source}. So nothing but the database is measured. Thread-safe.
 */
final class LocalTransactions implements SurroundingTransaction {

    private static final ThreadLocal<@Nullable Current> CURRENT = new ThreadLocal<>();

    private final DataSource pool;

    /** The transaction of a thread. */
    private record Current(Connection lent, Map<Object, Object> resources, List<Completion> completions) {}

    LocalTransactions(DataSource pool) {
        this.pool = pool;
    }

    /** Its connections are part of the transactions. */
    DataSource source() {
        return Intercepted.over(DataSource.class, pool, call -> {
            Current mine = CURRENT.get();
            return mine == null || !call.is("getConnection") ? call.proceed() : mine.lent();
        });
    }

    /** Does {@code work} in a transaction and commits it. */
    void commit(Measured.Work work) throws Exception {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            Connection lent =
                    Intercepted.over(Connection.class, connection, call -> call.is("close") ? null : call.proceed());
            Current mine = new Current(lent, new HashMap<>(), new ArrayList<>());
            CURRENT.set(mine);
            try {
                work.run();
            } finally {
                CURRENT.remove();
            }
            connection.commit();
            mine.completions().forEach(completion -> completion.ended(End.COMMITTED));
        }
    }

    private Current mine() {
        Current mine = CURRENT.get();
        if (mine == null) {
            throw new IllegalStateException("there is no transaction");
        }
        return mine;
    }

    @Override
    public boolean isPresent() {
        return true;
    }

    @Override
    public State state() {
        return CURRENT.get() == null ? State.NONE : State.ACTIVE;
    }

    @Override
    public void setRollbackOnly() {
        throw new IllegalStateException("nothing fails here");
    }

    @Override
    public @Nullable Object resource(Object key) {
        return mine().resources().get(key);
    }

    @Override
    public void putResource(Object key, Object value) {
        mine().resources().put(key, value);
    }

    @Override
    public void onEnd(Completion completion) {
        mine().completions().add(completion);
    }

    /** None that Goose may begin: nothing is tried out, for all is known. */
    @Override
    public Optional<Demarcation> demarcation() {
        return Optional.empty();
    }
}
