package io.goose.broker.jdbc;

import io.goose.tck.ReplyCutter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Connections of another data source that break when told to: a commit is carried out by the database and its answer does not
 * arrive. Which transaction it is is told by its statements.
 */
final class CuttingDataSource implements ReplyCutter {

    private final DataSource real;
    private volatile @Nullable Armed armed;

    private record Armed(Predicate<String> statements, AtomicInteger times) {}

    CuttingDataSource(DataSource real) {
        this.real = real;
    }

    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    Object result = call(real, method, arguments);
                    return result instanceof Connection connection ? wrap(connection) : result;
                });
    }

    private Connection wrap(Connection connection) {
        List<String> statements = new ArrayList<>();
        InvocationHandler handler = (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "prepareStatement" -> statements.add((String) arguments[0]);
                case "commit" -> {
                    call(connection, method, arguments);
                    cutIfArmed(connection, String.join("\n", statements));
                    statements.clear();
                    return null;
                }
                default -> {
                    // as it is
                }
            }
            return call(connection, method, arguments);
        };
        return (Connection)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Connection.class}, handler);
    }

    private void cutIfArmed(Connection connection, String statements) throws SQLException {
        Armed cut = armed;
        if (cut != null && cut.statements().test(statements)) {
            armed = null;
            cut.times().incrementAndGet();
            connection.close();
            throw new SQLException("the connection was cut", "08006");
        }
    }

    private static @Nullable Object call(Object target, Method method, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    @Override
    public Cut cutNextReply(Request kind) {
        AtomicInteger times = new AtomicInteger();
        armed = new Armed(which(kind), times);
        return times::get;
    }

    private static Predicate<String> which(Request kind) {
        return switch (kind) {
            case SEND -> sql -> sql.contains("INSERT INTO goose_job") && !sql.contains("goose_settled");
            case CLAIM -> sql -> sql.contains("(SELECT paused + 2 * limited FROM goose_queue");
            case SETTLE -> sql -> sql.contains("INSERT INTO goose_settled");
            case ADD -> sql -> sql.contains("INSERT INTO goose_job") && sql.contains("goose_batch ");
        };
    }
}
