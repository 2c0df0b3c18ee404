package io.goose.it.bench;

import io.goose.admin.Limit;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Executes jobs of a queue without limits, in alternating rounds with and without limits of other queues of the same broker, on one
 * Redis and one PostgreSQL, and prints the figures and their ratios. Properties: those of {@link Bench}.
 */
public final class LimitBench {

    private static final PrintStream OUT = System.out;
    private static final int OTHERS = 20;

    private final int jobs = Integer.getInteger("bench.jobs", 100_000);
    private final int rounds = Integer.getInteger("bench.rounds", 3);
    private final int threads = Integer.getInteger("bench.threads", 25);

    private LimitBench() {}

    public static void main(String[] arguments) throws Exception {
        new LimitBench().run();
    }

    private void run() throws Exception {
        OUT.printf(
                "JDK %s, %d processors, %d jobs, %d threads, %d rounds of each after one to warm up%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(), jobs, threads, rounds);
        try (Target redis = new Target();
                GooseUnderTest goose = GooseUnderTest.onRedis(redis.url(), threads)) {
            measure("Redis", redis, goose);
        }
        try (DatabaseTarget database = new DatabaseTarget();
                GooseUnderTest goose = GooseUnderTest.onDatabase(database.pool(), threads)) {
            measure("PostgreSQL", database, goose);
        }
    }

    private void measure(String name, Measured.Server server, GooseUnderTest goose) throws Exception {
        List<Measured> without = new ArrayList<>();
        List<Measured> with = new ArrayList<>();
        goose.start();
        for (int round = 0; round <= rounds; round++) {
            // What is first in a round is the other one in the next: a machine that gets slower favours neither.
            boolean first = round % 2 == 0;
            one(server, goose, first, round > 0 ? (first ? with : without) : null);
            one(server, goose, !first, round > 0 ? (first ? without : with) : null);
        }
        OUT.println();
        OUT.println(Measured.row(name + ", execute, no limits anywhere", without));
        OUT.println(Measured.row(name + ", execute, " + OTHERS + " other queues with limits", with));
        OUT.println(Measured.ratio(name + ": with / without (goal 0.95)", with, without));
    }

    private void one(Measured.Server server, GooseUnderTest goose, boolean limited, @Nullable List<Measured> kept)
            throws Exception {
        for (int other = 0; other < OTHERS; other++) {
            goose.limit("other-" + other, limited ? Limit.concurrent(3).andRate(100, Duration.ofSeconds(1)) : null);
        }
        goose.pause();
        goose.enqueueInBulk(jobs);
        Measured measured = Measured.of(jobs, server, () -> goose.execute(jobs));
        if (kept != null) {
            kept.add(measured);
        }
    }
}
