package io.goose.it.bench;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What many waiting jobs and an old transaction do to the throughput of Goose, and the plan of its claim. */
final class Backlog {

    private static final int FEW = 10_000;
    private static final int ROUNDS = 7;
    private static final int PIECE = 100_000;

    private final DatabaseTarget database;
    private final int threads;
    private final PrintStream out;
    private final int many = Integer.getInteger("bench.backlog", 1_000_000);
    private final int oldJobs = Integer.getInteger("bench.old.jobs", 300_000);
    private final int oldSeconds = Integer.getInteger("bench.old.seconds", 0);

    Backlog(DatabaseTarget database, int threads, PrintStream out) {
        this.database = database;
        this.threads = threads;
        this.out = out;
    }

    void run() throws Exception {
        ClaimPlan plan = new ClaimPlan();
        List<Measured> few = new ArrayList<>();
        List<Measured> full = new ArrayList<>();
        List<Measured> old = new ArrayList<>();
        int passed = 0;
        long age;
        out.println();
        try (GooseUnderTest goose = GooseUnderTest.onDatabase(plan.over(database.pool()), threads)) {
            goose.start();
            goose.pause();
            few.addAll(rounds(goose));
            for (int left = many; left > 0; left -= PIECE) {
                goose.enqueueInBulk(Math.min(PIECE, left));
            }
            for (int i = 0; i < ROUNDS; i++) {
                full.add(Measured.of(FEW, database, () -> goose.execute(FEW)));
                goose.pause();
                goose.enqueueInBulk(FEW);
            }
            out.printf("the claim's plan with %s jobs waiting:%n", waiting());
            plan.explain(database.pool(), false).forEach(out::println);
            out.printf("the same as a generic plan:%n");
            plan.explain(database.pool(), true).forEach(out::println);
            out.println();
            database.run("TRUNCATE goose_job");
            few.addAll(rounds(goose));
            try (Connection transaction = database.pool().getConnection();
                    Statement statement = transaction.createStatement()) {
                transaction.setAutoCommit(false);
                transaction.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                statement.execute("SELECT txid_current()");
                long begun = System.nanoTime();
                while (passed < oldJobs || System.nanoTime() - begun < oldSeconds * 1e9) {
                    goose.enqueueInBulk(FEW);
                    goose.execute(FEW);
                    goose.pause();
                    passed += FEW;
                }
                age = (System.nanoTime() - begun) / 1_000_000_000;
                old.addAll(rounds(goose));
                transaction.rollback();
            }
            few.addAll(rounds(goose)); // on both sides of the others, for a machine is not always as quick
        }
        out.println(Measured.row("goose execute, " + FEW + " waiting", few));
        out.println(Measured.row("goose execute, " + many + " waiting", full));
        out.println(Measured.row("goose execute, " + FEW + " waiting, old transaction", old));
        out.printf("the old transaction was %d s old and %d jobs had passed since it began%n", age, passed);
        out.println(Measured.ratio("throughput at " + many + " / at " + FEW + " (goal 0.7)", full, few));
        out.println(Measured.ratio("throughput with an old transaction (goal 0.7)", old, few));
    }

    /** Rounds with few jobs waiting. */
    private List<Measured> rounds(GooseUnderTest goose) throws Exception {
        List<Measured> rounds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            goose.enqueueInBulk(FEW);
            rounds.add(Measured.of(FEW, database, () -> goose.execute(FEW)));
            goose.pause();
        }
        return rounds;
    }

    private String waiting() throws Exception {
        return database.lines("SELECT COUNT(*) FROM goose_job WHERE place = 0").get(0);
    }
}
