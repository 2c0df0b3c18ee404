package io.goose.broker.jdbc;

import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a connection of its own, and connects again when that breaks. The driver may be the server's, invisible to the
 * application, so it is used by reflection on its own classes, through whatever the pool wraps around its connections.
 */
final class NoticeListener implements Runnable {

    private static final System.Logger LOG = System.getLogger(NoticeListener.class.getPackageName());
    private static final int WAIT_MILLIS = 250;
    private static final long SIGN_OF_LIFE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final DataSource source;
    private final String channel;
    private final Consumer<String> ready;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private int failures; // listening thread only

    NoticeListener(DataSource source, String channel, Consumer<String> ready) {
        this.source = source;
        this.channel = channel;
        this.ready = ready;
    }

    void stop() {
        stopped.countDown();
    }

    @Override
    public void run() {
        try {
            do {
                try (Connection connection = source.getConnection()) {
                    listen(connection);
                } catch (Throwable failed) { // whatever a driver, a pool or a server throws: listening goes on
                    tell(failed);
                    failures++;
                }
            } while (!stopped.await(Notices.backOffMillis(failures), TimeUnit.MILLISECONDS));
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Throwable failed) {
        LOG.log(
                failures == 0 ? Level.WARNING : Level.DEBUG,
                "GOOSE-3052: no notices of new jobs from other processes; workers look at least every second, and"
                        + " listening is tried again. If it never works, give listen-datasource a data source whose"
                        + " connections reach PostgreSQL itself and may be kept",
                failed);
    }

    private void listen(Connection connection) throws SQLException, ReflectiveOperationException {
        // An array is the one thing that pools hand out unwrapped; its class is the driver's.
        ClassLoader driver =
                connection.createArrayOf("text", new Object[0]).getClass().getClassLoader();
        Class<?> type = Class.forName("org.postgresql.PGConnection", false, driver);
        Method notifications = type.getMethod("getNotifications", int.class);
        Method parameter =
                Class.forName("org.postgresql.PGNotification", false, driver).getMethod("getParameter");
        Object real = connection.unwrap(type);
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        execute(connection, "LISTEN " + channel);
        try {
            if (failures > 0) {
                LOG.log(Level.INFO, "GOOSE-3054: notices of new jobs arrive again");
                failures = 0;
            }
            ready.accept(""); // something may have come before
            long lastSign = System.nanoTime();
            while (stopped.getCount() > 0) {
                Object[] found = (Object[]) call(notifications, real, WAIT_MILLIS);
                for (Object notice : found == null ? new Object[0] : found) {
                    ready.accept(String.valueOf(call(parameter, notice)));
                }
                if (System.nanoTime() - lastSign > SIGN_OF_LIFE_NANOS) { // a dead connection is silent too
                    execute(connection, "SELECT 1");
                    lastSign = System.nanoTime();
                }
            }
        } finally {
            if (stopped.getCount() == 0) {
                execute(connection, "UNLISTEN " + channel); // it goes back to a pool
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static @Nullable Object call(Method method, Object target, Object... arguments)
            throws SQLException, ReflectiveOperationException {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw failed;
        }
    }
}
