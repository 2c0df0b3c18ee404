package io.goose.it.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** An application whose transactions write a row of its own and a job, while workers of another process wait for jobs. */
final class BusinessCommits {

    static final String TABLE =
            "CREATE TABLE IF NOT EXISTS business (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                    + " text TEXT NOT NULL)";

    private static final int CALLERS = 8;
    private static final String NOTICE = "pg_notify(?, q.name)";

    private BusinessCommits() {}

    /** A data source through which notices do not come; all else of sending them is done. */
    static DataSource withoutNotices(DataSource source) {
        return Intercepted.over(DataSource.class, source, call -> {
            Object result = call.proceed();
            return result instanceof Connection connection ? withoutNotices(connection) : result;
        });
    }

    private static Connection withoutNotices(Connection connection) {
        return Intercepted.over(Connection.class, connection, call -> {
            if (call.is("prepareStatement") && call.argument(0) instanceof String sql && sql.contains(NOTICE)) {
                call.replaceArgument(0, sql.replace(NOTICE, "concat(?, q.name)"));
            }
            return call.proceed();
        });
    }

    /** Commits for so long; how often. */
    static Measured measure(DataSource pool, Measured.Server server, Duration time) throws Exception {
        LocalTransactions transactions = new LocalTransactions(pool);
        DataSource source = transactions.source();
        AtomicInteger commits = new AtomicInteger();
        try (GooseUnderTest goose = GooseUnderTest.enqueuingOnly(source, transactions)) {
            goose.start();
            transactions.commit(() -> write(source, goose)); // what is done once is done
            long end = System.nanoTime() + time.toNanos();
            Measured measured = Measured.of(
                    1,
                    server,
                    () -> Threads.run(CALLERS, caller -> () -> {
                        while (System.nanoTime() < end) {
                            transactions.commit(() -> write(source, goose));
                            commits.incrementAndGet();
                        }
                    }));
            return measured.of(commits.get());
        }
    }

    private static void write(DataSource source, GooseUnderTest goose) throws Exception {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement("INSERT INTO business (text) VALUES (?)")) {
            statement.setString(1, "an order");
            statement.executeUpdate();
        }
        goose.enqueueOne();
    }
}
