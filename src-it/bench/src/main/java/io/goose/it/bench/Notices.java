package io.goose.it.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

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
        out.printf(
                Locale.ROOT,
                "%-46s %.2f%n",
                "commits with NOTIFY on / off (goal 0.95)",
                Measured.median(on) / Measured.median(off));
        out.printf(
                Locale.ROOT,
                "pickup latency at 50 jobs/s by another process's worker: p50 %.2f ms, p99 %.2f ms (goal p50 5)%n",
                millis[millis.length / 2],
                millis[millis.length * 99 / 100]);
    }

    private static double[] latencies(GooseUnderTest worker, HikariDataSource pool) throws Exception {
        LocalTransactions transactions = new LocalTransactions(pool);
        try (GooseUnderTest sender = GooseUnderTest.enqueuingOnly(transactions.source(), transactions)) {
            sender.start();
            worker.latencies(JOBS, sender); // to warm up
            double[] millis = worker.latencies(JOBS, sender);
            Arrays.sort(millis);
            return millis;
        }
    }
}
