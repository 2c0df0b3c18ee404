package io.goose.it.bench;

import io.goose.it.bench.DbSchedulerPeer.Limits;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Enqueues and executes jobs that do nothing (one string, one int) with Goose and two peers, in alternating rounds on one
 * PostgreSQL that is as durable as by default, and prints the figures and their ratios; then {@link Backlog} and
 * {@link Notices}.
 *
 * <p>Properties: those of {@link Bench}, {@code bench.parts} (peers,backlog,notices), {@code bench.backlog} (1000000),
 * {@code bench.old.jobs} (300000) and {@code bench.old.seconds} (0).
 */
public final class JdbcBench {

    private static final PrintStream OUT = System.out;

    /** They tell of each start and stop. Held here, for a logger that nobody holds forgets its level. */
    private static final List<Logger> TALKATIVE = List.of(
            Logger.getLogger("com.zaxxer.hikari"),
            Logger.getLogger("com.github.kagkarlsson"),
            Logger.getLogger("org.jobrunr"));

    /** What is recommended for normal use and for high throughput, and more of it. */
    private static final List<Limits> LIMITS = List.of(new Limits(0.5, 1), new Limits(1, 4), new Limits(4, 20));

    private final int jobs = Integer.getInteger("bench.jobs", 100_000);
    private final int rounds = Integer.getInteger("bench.rounds", 3);
    private final int threads = Integer.getInteger("bench.threads", 25);
    private final List<String> parts =
            List.of(System.getProperty("bench.parts", "peers,backlog,notices").split(","));
    private final int ofDbScheduler = jobs / 5; // they need many times as long for one
    private final int ofJobRunr = jobs / 50;
    private final List<Measured> gooseTogether = new ArrayList<>();
    private final List<Measured> gooseBulk = new ArrayList<>();
    private final List<Measured> gooseExecute = new ArrayList<>();
    private final List<Measured> dbSchedulerTogether = new ArrayList<>();
    private final List<Measured> dbSchedulerBulk = new ArrayList<>();
    private final List<List<Measured>> dbSchedulerExecute = new ArrayList<>();
    private final List<Measured> jobRunrTogether = new ArrayList<>();
    private final List<Measured> jobRunrBulk = new ArrayList<>();
    private final List<Measured> jobRunrExecute = new ArrayList<>();

    private JdbcBench() {
        LIMITS.forEach(limits -> dbSchedulerExecute.add(new ArrayList<>()));
    }

    public static void main(String[] arguments) throws Exception {
        TALKATIVE.forEach(logger -> logger.setLevel(Level.WARNING));
        new JdbcBench().run();
    }

    private void run() throws Exception {
        try (DatabaseTarget database = new DatabaseTarget()) {
            OUT.printf(
                    "%s, fsync=%s, synchronous_commit=%s, JDK %s, %d processors, %d jobs, %d threads, %d rounds after one to warm up%n",
                    database,
                    database.lines("SHOW fsync").get(0),
                    database.lines("SHOW synchronous_commit").get(0),
                    Runtime.version(),
                    Runtime.getRuntime().availableProcessors(),
                    jobs,
                    threads,
                    rounds);
            if (parts.contains("peers")) {
                peers(database);
            }
            if (parts.contains("backlog")) {
                new Backlog(database, threads, OUT).run();
            }
            if (parts.contains("notices")) {
                new Notices(database, threads, OUT).run(rounds);
            }
        }
    }

    private void peers(DatabaseTarget database) throws Exception {
        for (int round = 0; round <= rounds; round++) {
            boolean counts = round > 0;
            goose(database, counts);
            dbScheduler(database, counts);
            jobRunr(database, counts);
        }
        report();
    }

    private void goose(DatabaseTarget database, boolean counts) throws Exception {
        try (GooseUnderTest goose = GooseUnderTest.onDatabase(database.pool(), threads)) {
            goose.start();
            goose.pause();
            Measured.note(counts, gooseTogether, Measured.of(jobs, database, () -> goose.enqueueTogether(jobs)));
            Measured.note(counts, gooseExecute, Measured.of(jobs, database, () -> goose.execute(jobs)));
            goose.pause();
            Measured.note(counts, gooseBulk, Measured.of(jobs, database, () -> goose.enqueueInBulk(jobs)));
            Measured.note(counts, gooseExecute, Measured.of(jobs, database, () -> goose.execute(jobs)));
        }
    }

    private void dbScheduler(DatabaseTarget database, boolean counts) throws Exception {
        database.run(DbSchedulerPeer.TABLES);
        DbSchedulerPeer peer = new DbSchedulerPeer(database.pool(), threads);
        Measured.note(
                counts,
                dbSchedulerTogether,
                Measured.of(ofDbScheduler, database, () -> peer.enqueueTogether(ofDbScheduler)));
        for (int i = 0; i < LIMITS.size(); i++) {
            if (i > 0) {
                Measured.note(
                        counts,
                        dbSchedulerBulk,
                        Measured.of(ofDbScheduler, database, () -> peer.enqueueInBulk(ofDbScheduler)));
            }
            Measured.note(counts, dbSchedulerExecute.get(i), peer.execute(ofDbScheduler, LIMITS.get(i), database));
        }
    }

    private void jobRunr(DatabaseTarget database, boolean counts) throws Exception {
        database.run("DROP SCHEMA IF EXISTS " + JobRunrPeer.SCHEMA + " CASCADE", "CREATE SCHEMA " + JobRunrPeer.SCHEMA);
        try (JobRunrPeer peer = new JobRunrPeer(database.pool(), threads)) {
            Measured.note(
                    counts, jobRunrTogether, Measured.of(ofJobRunr, database, () -> peer.enqueueTogether(ofJobRunr)));
            Measured.note(counts, jobRunrBulk, Measured.of(ofJobRunr, database, () -> peer.enqueueInBulk(ofJobRunr)));
            Measured.note(
                    counts, jobRunrExecute, Measured.of(2 * ofJobRunr, database, () -> peer.execute(2 * ofJobRunr)));
        }
    }

    private void report() {
        OUT.println();
        OUT.println(Measured.row("goose performAsync, " + threads + " threads", gooseTogether));
        OUT.println(Measured.row("goose performAll", gooseBulk));
        OUT.println(Measured.row("goose execute, " + threads + " threads", gooseExecute));
        OUT.println(Measured.row("db-scheduler schedule, " + threads + " threads", dbSchedulerTogether));
        OUT.println(Measured.row("db-scheduler scheduleBatch", dbSchedulerBulk));
        List<Measured> best = dbSchedulerExecute.get(0);
        for (int i = 0; i < LIMITS.size(); i++) {
            List<Measured> execute = dbSchedulerExecute.get(i);
            OUT.println(Measured.row(
                    "db-scheduler execute, limits " + LIMITS.get(i).lower() + " and "
                            + LIMITS.get(i).upper(),
                    execute));
            best = Measured.median(execute) > Measured.median(best) ? execute : best;
        }
        OUT.println(Measured.row("JobRunr enqueue, " + threads + " threads", jobRunrTogether));
        OUT.println(Measured.row("JobRunr enqueue of a stream", jobRunrBulk));
        OUT.println(Measured.row("JobRunr execute, " + threads + " threads", jobRunrExecute));
        OUT.println();
        OUT.println(Measured.ratio("execute / db-scheduler's best (goal 3)", gooseExecute, best));
        OUT.println(Measured.ratio("enqueue in bulk / db-scheduler (goal 1)", gooseBulk, dbSchedulerBulk));
        OUT.println(Measured.ratio("enqueue together / db-scheduler", gooseTogether, dbSchedulerTogether));
        OUT.println(Measured.ratio("execute / JobRunr", gooseExecute, jobRunrExecute));
        OUT.println(Measured.ratio("enqueue in bulk / JobRunr", gooseBulk, jobRunrBulk));
        OUT.println(Measured.ratio("enqueue together / JobRunr", gooseTogether, jobRunrTogether));
    }
}
