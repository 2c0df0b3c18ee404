package io.goose.it.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What NOTIFY brings to workers of another process, and what it costs the transactions that enqueue. */
final class Notices {

    private static final int JOBS = 1_000;
    private static final int CONNECTIONS = 16;
    private static final Duration TIME = Duration.ofSeconds(4);

    private final DatabaseTarget database;
    private final int threads;
    private final PrintStream out;

    Notices(DatabaseTarget database, int threads, PrintStream out) {
        this.database = database;
        this.threads = threads;
        this.out = out;
    }

    void run(int rounds) throws Exception {
        database.run(BusinessCommits.TABLE);
        List<Measured> on = new ArrayList<>();
        List<Measured> off = new ArrayList<>();
        double[] millis;
        try (HikariDataSource pool = database.pool(CONNECTIONS);
                HikariDataSource workers = database.pool(CONNECTIONS);
                GooseUnderTest worker = GooseUnderTest.onDatabase(workers, threads)) {
            worker.start();
            millis = latencies(worker, pool);
            for (int round = 0; round <= 2 * rounds; round++) {
                Measured with = BusinessCommits.measure(pool, database, TIME);
                Measured without = BusinessCommits.measure(BusinessCommits.withoutNotices(pool), database, TIME);
                if (round > 0) {
                    on.add(with);
                    off.add(without);
                }
            }
        }
        out.println();
        out.println(Measured.row("business commits, NOTIFY on", on));
        out.println(Measured.row("business commits, NOTIFY off", off));
        out.println(Measured.ratio("commits with NOTIFY on / off (goal 0.95)", on, off));
        out.println(
                Measured.latency("pickup latency at 50 jobs/s by another process's worker", millis) + " (goal p50 5)");
    }

    private static double[] latencies(GooseUnderTest worker, HikariDataSource pool) throws Exception {
        LocalTransactions transactions = new LocalTransactions(pool);
        try (GooseUnderTest sender = GooseUnderTest.enqueuingOnly(transactions.source(), transactions)) {
            sender.start();
            worker.latencies(JOBS, sender); // to warm up
            return worker.latencies(JOBS, sender);
        }
    }
}
