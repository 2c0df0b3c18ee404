package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Brokers that die and stall under load. */
class BrokerFaultsIT extends ChaosBase {

    private static final int RESTARTS = Math.max(3, KILLS / 2);
    private static final int HELD = 10;

    /** The loops of a worker that talk to the broker: dispatcher, settler, heart, cron. */
    private static final int LOOPS = 4;

    private static final Duration HEARTS_SHORTEST_PAUSE =
            ChaosEngine.heartbeat(LEASE).dividedBy(10);

    @Test
    @DisplayName("6.10: broker restart mid-run: loops resume, nothing is lost")
    void redisIsKilledAndStartedAgain_nothingIsLost() throws Exception {
        RedisServer redis = closeLater(
                Redis.version("7.0").server().appendOnly(Fsync.ALWAYS).start());
        Map<String, String> broker = Map.of("url", redis.url().toString());
        Goose client = client(broker);
        int ready = JOBS / 2;
        List<WorkerJvm> workers = workers(broker, 2);
        enqueue(client.client(), ready);
        Producers producers = producers(client);
        long openAtLast = 0;
        for (int kill = 1; kill <= RESTARTS; kill++) {
            int goal = Math.toIntExact((long) (JOBS - ready) * kill / (RESTARTS + 1));
            await("jobs are enqueued", ALL, () -> producers.acknowledged() >= goal);
            await("both workers work", SOON, () -> bothWork(workers));
            openAtLast = topUp(client);
            assertThat(openAtLast).as("jobs left at kill %d", kill).isGreaterThan(2L * THREADS);
            Map<WorkerJvm, Integer> before = new HashMap<>();
            for (WorkerJvm worker : workers) {
                before.put(worker, worker.said(LOOP_FAILED).size());
            }
            redis.kill();
            await("both workers miss it", SOON, () -> {
                boolean missed = true;
                for (WorkerJvm worker : workers) {
                    missed &= worker.said(LOOP_FAILED).size() > before.get(worker);
                }
                return missed;
            });
            redis.start();
        }
        producers.end(JOBS, ALL);
        awaitDone();
        awaitNothingOpen(client);
        int lost = 0;
        int refused = 0;
        int lines = 0;
        for (WorkerJvm worker : workers) {
            assertThat(worker.isAlive()).isTrue();
            awaitLoopsResumed(worker);
            lost += worker.sumOf(LOST_LEASES, 1);
            refused += worker.sumOf(REFUSED, 1);
            lines += worker.said(LOOP_FAILED).size() + worker.said(LOOP_RESUMED).size();
            assertDidNotSpin(worker, RESTARTS);
        }
        report(
                "redis killed",
                "%d jobs, %d kills, %d left at the last; lost 0, run again %d, leases lost %d, %d lines about outages"
                        .formatted(jobs.get(), RESTARTS, openAtLast, runAgain(), lost, lines));
        assertKindsWereObeyed();
        // All that was answered is on the disk, and what was not is asked again with its number: a job runs again only
        // if a
        // worker's pauses between its attempts outlasted its lease.
        assertThat(runAgain()).isLessThanOrEqualTo(lost + refused);
        assertThat(queues(client)).allMatch(queue -> queue.dead() == 0);
    }

    private boolean bothWork(List<WorkerJvm> workers) throws IOException {
        for (WorkerJvm worker : workers) {
            if (runs.by(worker, ChaosEngine.DONE) == 0
                    || worker.said(LOOP_FAILED).size() > resumed(worker)) {
                return false;
            }
        }
        return true;
    }

    private static int resumed(WorkerJvm worker) throws IOException {
        return worker.said(LOOP_RESUMED).size();
    }

    /** Each loop that has failed says that it works again. */
    private static void awaitLoopsResumed(WorkerJvm worker) throws Exception {
        await("all loops of " + worker.name() + " work again", SOON, () -> {
            Map<String, Integer> down = new HashMap<>();
            for (Matcher line : worker.said(LOOP_FAILED)) {
                if (line.group(2).equals("failed")) {
                    down.merge(line.group(1), 1, Integer::sum);
                }
            }
            for (Matcher line : worker.said(LOOP_RESUMED)) {
                down.merge(line.group(1), -1, Integer::sum);
            }
            return down.values().stream().allMatch(n -> n == 0);
        });
    }

    /**
     * A loop says twice for each outage that it is one, and tries a few times at first, then at most every 2.5 s; the heart at
     * most ten times in a heartbeat.
     */
    private static void assertDidNotSpin(WorkerJvm worker, int outages) throws IOException {
        assertThat(worker.said(LOOP_FAILED)).hasSizeLessThanOrEqualTo(LOOPS * outages);
        for (Matcher line : worker.said(LOOP_RESUMED)) {
            int failures = WorkerJvm.number(line.group(2));
            int seconds = WorkerJvm.number(line.group(3));
            long afterwards = line.group(1).endsWith("-heart")
                    ? Duration.ofSeconds(seconds + 1).dividedBy(HEARTS_SHORTEST_PAUSE)
                    : seconds / 2;
            assertThat(failures).as(line.group()).isLessThanOrEqualTo(Math.toIntExact(8 + afterwards));
        }
    }

    @Test
    @DisplayName("A broker that stalls for longer than the lease rescues nobody who is alive")
    void redisStallsPastTheLease_noLiveWorkersJobIsRescued() throws Exception {
        RedisServer redis = closeLater(Redis.version("7.0").server().start());
        Map<String, String> broker = Map.of("url", redis.url().toString());
        Goose client = client(broker);
        Duration stall = LEASE.multipliedBy(4).dividedBy(3); // 40 s with the default lease
        List<WorkerJvm> workers = workers(broker, 2);
        for (int i = 0; i < HELD; i++) {
            enqueueHeld(client.client(), i);
        }
        enqueue(client.client(), JOBS);
        await(
                "the workers are in the midst of it",
                SOON,
                () -> runs.jobs(ChaosEngine.HELD_BEGAN) == HELD && runs.jobs(ChaosEngine.DONE) > JOBS / 5);
        long openBefore = open(client);
        assertThat(openBefore).as("jobs left at the pause").isGreaterThan(2L * THREADS);
        redis.pause();
        long pausedAt = System.nanoTime();
        Thread.sleep(stall.toMillis());
        redis.resume();
        Duration paused = Duration.ofNanos(System.nanoTime() - pausedAt);
        assertThat(paused).isGreaterThan(LEASE);
        int doneAtResume = runs.jobs(ChaosEngine.DONE);
        await("the workers go on", SOON, () -> runs.jobs(ChaosEngine.DONE) > doneAtResume + 2 * (THREADS + UNWRITTEN));
        release();
        awaitDone();
        await("the held jobs are done", SOON, () -> runs.jobs(ChaosEngine.HELD_DONE) == HELD);
        awaitNothingOpen(client);
        int rescued = 0;
        for (WorkerJvm worker : workers) {
            awaitLoopsResumed(worker);
            rescued += worker.sumOf(RESCUED, 1) + worker.sumOf(RESCUED, 2) + worker.sumOf(RESCUED, 3);
            assertThat(worker.said(LOST_LEASES)).isEmpty();
        }
        report(
                "redis stalled",
                "%d jobs, away for %d ms, %d left then; lost 0, rescued %d, run again %d"
                        .formatted(JOBS + HELD, paused.toMillis(), openBefore, rescued, runAgain()));
        assertThat(rescued).isZero();
        assertThat(runAgain()).isZero();
        assertThat(runs.repeated(ChaosEngine.HELD_BEGAN)).isZero();
        assertThat(runs.total(ChaosEngine.BEGAN)).isEqualTo(JOBS + runs.total(ChaosEngine.FAILED));
        assertKindsWereObeyed();
    }
}
