package io.goose.it.chaos;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Is told what a connection does, before and after each statement, commit and rollback, on the thread that does it. What it is
 * told is a text: the statements of the transaction so far, then {@code >> before} or {@code >> after}, then what is done:
 * {@code INSERT INTO a; INSERT INTO b >> before commit}. After a query that found something the text ends with
 * {@value #FOUND}.
 */
@FunctionalInterface
interface Watch {

    /** Nobody looks. */
    Watch NONE = step -> {};

    String FOUND = " : found";

    void at(String step) throws SQLException;

    /** A connection whose doings are told. Like the one that it wraps, it is for one thread at a time. */
    default Connection over(Connection connection) {
        return this == NONE ? connection : (Connection) proxy(Connection.class, new Told(this, connection)::call);
    }

    /** What one connection has done in its transaction. */
    final class Told {
        private static final Set<String> ENDS = Set.of("commit", "rollback");

        private final Watch watch;
        private final Connection connection;
        private StringJoiner history = new StringJoiner("; ");

        private Told(Watch watch, Connection connection) {
            this.watch = watch;
            this.connection = connection;
        }

        private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
            if (ENDS.contains(method.getName())) {
                watch.at(history + " >> before " + method.getName());
                Object nothing = invoke(connection, method, arguments);
                watch.at(history + " >> after " + method.getName());
                history = new StringJoiner("; ");
                return nothing;
            }
            Object result = invoke(connection, method, arguments);
            if (result instanceof PreparedStatement statement && arguments != null) {
                String sql = String.valueOf(arguments[0]);
                String before = history.toString();
                return proxy(PreparedStatement.class, (called, values) -> {
                    if (called.getName().startsWith("execute")) {
                        return execute(sql, statement, called, values);
                    }
                    Object answer = invoke(statement, called, values);
                    if (called.getName().equals("getResultSet") // of several statements in one
                            && answer instanceof ResultSet rows
                            && rows.isBeforeFirst()) {
                        watch.at(before + " >> after " + sql + FOUND);
                    }
                    return answer;
                });
            }
            return result;
        }

        private @Nullable Object execute(
                String sql, PreparedStatement statement, Method method, Object @Nullable [] arguments)
                throws Throwable {
            watch.at(history + " >> before " + sql);
            Object result = invoke(statement, method, arguments);
            boolean found = result instanceof ResultSet rows && rows.isBeforeFirst();
            watch.at(history + " >> after " + sql + (found ? FOUND : ""));
            history.add(sql);
            return result;
        }
    }

    /** A call of a method of a proxy. */
    @FunctionalInterface
    interface Call {
        @Nullable Object of(Method method, Object @Nullable [] arguments) throws Throwable;
    }

    static Object proxy(Class<?> type, Call call) {
        return Proxy.newProxyInstance(
                Watch.class.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> call.of(method, arguments));
    }

    static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException thrown) {
            Throwable cause = thrown.getCause();
            throw cause == null ? thrown : cause;
        }
    }
}
