package io.goose.it.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Enqueues and executes jobs that do nothing (one string, one int) with Goose, with the bare client and with a peer, in
 * alternating rounds on one Redis, and prints the figures and their ratios.
 *
 * <p>Properties: {@code bench.jobs} (100000), {@code bench.rounds} (3), {@code bench.threads} (25).
 */
public final class Bench {

    private static final PrintStream OUT = System.out;

    private final int jobs = Integer.getInteger("bench.jobs", 100_000);
    private final int rounds = Integer.getInteger("bench.rounds", 3);
    private final int threads = Integer.getInteger("bench.threads", 25);
    private final int alone = jobs / 5;
    private final int ofPeer = jobs / 5; // it needs many times as long for one
    private final List<Measured> bareAlone = new ArrayList<>();
    private final List<Measured> bareTogether = new ArrayList<>();
    private final List<Measured> bareMove = new ArrayList<>();
    private final List<Measured> bareBatched = new ArrayList<>();
    private final List<Measured> gooseAlone = new ArrayList<>();
    private final List<Measured> gooseTogether = new ArrayList<>();
    private final List<Measured> gooseBulk = new ArrayList<>();
    private final List<Measured> gooseExecute = new ArrayList<>();
    private final List<Measured> peerEnqueue = new ArrayList<>();
    private final List<Measured> peerExecute = new ArrayList<>();

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        new Bench().run();
    }

    private void run() throws Exception {
        try (Target redis = new Target()) {
            OUT.printf(
                    "%s, JDK %s, %d processors, %d jobs, %d threads, %d rounds after one to warm up%n",
                    redis, Runtime.version(), Runtime.getRuntime().availableProcessors(), jobs, threads, rounds);
            double[] latencies = new double[0];
            for (int round = 0; round <= rounds; round++) {
                boolean counts = round > 0;
                bare(redis, counts);
                latencies = goose(redis, counts, round == rounds);
                peer(redis, counts);
            }
            report(latencies);
        }
    }

    private void bare(Target redis, boolean counts) throws Exception {
        BareLimits bare = new BareLimits(redis, threads);
        redis.clear();
        Measured.note(counts, bareAlone, Measured.of(alone, redis, () -> bare.pushAlone(alone)));
        redis.clear();
        Measured.note(counts, bareTogether, Measured.of(jobs, redis, () -> bare.pushTogether(jobs)));
        redis.clear();
        bare.fill(jobs);
        Measured.note(counts, bareMove, Measured.of(jobs, redis, () -> bare.moveAndRemove(jobs)));
        redis.clear();
        bare.fill(jobs);
        Measured.note(counts, bareBatched, Measured.of(jobs, redis, () -> bare.batchedClaims(jobs)));
    }

    private double[] goose(Target redis, boolean counts, boolean last) throws Exception {
        redis.clear();
        try (GooseUnderTest goose = GooseUnderTest.onRedis(redis.url(), threads)) {
            goose.start();
            goose.pause();
            Measured.note(counts, gooseAlone, Measured.of(alone, redis, () -> goose.enqueueAlone(alone)));
            Measured.note(counts, gooseTogether, Measured.of(jobs, redis, () -> goose.enqueueTogether(jobs)));
            Measured.note(counts, gooseExecute, Measured.of(jobs + alone, redis, () -> goose.execute(jobs + alone)));
            goose.pause();
            Measured.note(counts, gooseBulk, Measured.of(jobs, redis, () -> goose.enqueueInBulk(jobs)));
            Measured.note(counts, gooseExecute, Measured.of(jobs, redis, () -> goose.execute(jobs)));
            return last ? goose.latencies(1_000) : new double[0];
        }
    }

    private void peer(Target redis, boolean counts) throws Exception {
        redis.clear();
        try (RedissonPeer peer = new RedissonPeer(redis.url(), threads)) {
            Measured.note(counts, peerEnqueue, Measured.of(ofPeer, redis, () -> peer.enqueue(ofPeer)));
            Measured.note(counts, peerExecute, Measured.of(ofPeer, redis, () -> peer.execute(ofPeer)));
        }
    }

    private void report(double[] latencies) {
        OUT.println();
        OUT.println(Measured.row("bare LPUSH, 1 thread", bareAlone));
        OUT.println(Measured.row("goose performAsync, 1 thread", gooseAlone));
        OUT.println(Measured.row("bare LPUSH, " + threads + " threads", bareTogether));
        OUT.println(Measured.row("goose performAsync, " + threads + " threads", gooseTogether));
        OUT.println(Measured.row("goose performAll", gooseBulk));
        OUT.println(Measured.row("bare BLMOVE + LREM, " + threads + " threads", bareMove));
        OUT.println(Measured.row("bare batched claims (b2), " + threads + " threads", bareBatched));
        OUT.println(Measured.row("goose execute, " + threads + " threads", gooseExecute));
        OUT.println(Measured.row("peer (Redisson) enqueue, " + threads + " threads", peerEnqueue));
        OUT.println(Measured.row("peer (Redisson) execute, " + threads + " threads", peerExecute));
        OUT.println();
        OUT.println(Measured.ratio("execute / b2 (goal 0.25)", gooseExecute, bareBatched));
        OUT.println(Measured.ratio("execute / BLMOVE + LREM (goal 1.5)", gooseExecute, bareMove));
        OUT.println(Measured.ratio("enqueue alone / LPUSH alone (goal 0.6)", gooseAlone, bareAlone));
        OUT.println(Measured.ratio("enqueue together / LPUSH together (goal 0.7)", gooseTogether, bareTogether));
        OUT.println(Measured.ratio("enqueue together / peer", gooseTogether, peerEnqueue));
        OUT.println(Measured.ratio("execute / peer", gooseExecute, peerExecute));
        OUT.println(Measured.latency("pickup latency at 50 jobs/s", latencies) + " (goals 2 and 15)");
    }
}
