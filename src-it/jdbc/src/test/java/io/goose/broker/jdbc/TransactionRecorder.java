package io.goose.broker.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Writes down the statements of each transaction that goes through a data source. Thread-safe. */
final class TransactionRecorder {

    private final Set<List<Asked>> transactions = new LinkedHashSet<>(); // guarded by this

    /**
     * A prepared statement.
     *
     * @param arrays the types of those of its parameters that are arrays, by position
     */
    record Asked(String sql, Map<Integer, String> arrays) {}

    DataSource over(DataSource source) {
        return proxy(
                DataSource.class,
                source,
                (method, arguments, result) -> result instanceof Connection connection ? listen(connection) : result);
    }

    private Connection listen(Connection connection) {
        List<Asked> asked = new ArrayList<>();
        return proxy(Connection.class, connection, (method, arguments, result) -> {
            if (method.equals("prepareStatement")) {
                Asked statement = new Asked(String.valueOf(arguments[0]), new TreeMap<>());
                asked.add(statement);
                return listen((PreparedStatement) result, statement);
            }
            if (method.equals("commit") || method.equals("close")) {
                note(asked);
            }
            return result;
        });
    }

    private static PreparedStatement listen(@Nullable PreparedStatement statement, Asked asked) {
        return proxy(PreparedStatement.class, statement, (method, arguments, result) -> {
            if (method.equals("setArray")) {
                asked.arrays().put((Integer) arguments[0], ((Array) arguments[1]).getBaseTypeName() + "[]");
            }
            return result;
        });
    }

    private synchronized void note(List<Asked> asked) {
        if (!asked.isEmpty()) {
            transactions.add(List.copyOf(asked));
            asked.clear();
        }
    }

    synchronized void forget() {
        transactions.clear();
    }

    /** Each once, in the order in which they were first seen. */
    synchronized List<List<Asked>> transactions() {
        return List.copyOf(transactions);
    }

    @FunctionalInterface
    private interface Heard {
        @Nullable Object hear(String method, Object[] arguments, @Nullable Object result) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, @Nullable T real, Heard heard) {
        return type.cast(Proxy.newProxyInstance(
                TransactionRecorder.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> heard.hear(method.getName(), arguments, call(real, method, arguments))));
    }

    private static @Nullable Object call(@Nullable Object real, Method method, @Nullable Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }
}
